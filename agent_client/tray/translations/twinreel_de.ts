<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Twinreel</name>
    <message>
        <source>&amp;About Twinreel</source>
        <translation>Ü&amp;ber Twinreel</translation>
    </message>
    <message>
        <source>&amp;Code:</source>
        <translation>&amp;Code:</translation>
    </message>
    <message>
        <source>&amp;Diagnostics…</source>
        <translation>&amp;Diagnose…</translation>
    </message>
    <message>
        <source>&amp;I have read this</source>
        <translation>&amp;Ich habe das gelesen</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>&amp;Später</translation>
    </message>
    <message>
        <source>&amp;Open folder</source>
        <translation>&amp;Ordner öffnen</translation>
    </message>
    <message>
        <source>&amp;Pause recording</source>
        <translation>Aufnahme &amp;anhalten</translation>
    </message>
    <message>
        <source>&amp;Quit Twinreel</source>
        <translation>Twinreel be&amp;enden</translation>
    </message>
    <message>
        <source>&amp;Resume recording</source>
        <translation>Aufnahme &amp;fortsetzen</translation>
    </message>
    <message>
        <source>&amp;Send 1 waiting recording now</source>
        <translation>1 wartende Aufnahme jetzt &amp;senden</translation>
    </message>
    <message>
        <source>&amp;Send {count} waiting recordings now</source>
        <translation>{count} wartende Aufnahmen jetzt &amp;senden</translation>
    </message>
    <message>
        <source>1 minute</source>
        <translation>einer Minute</translation>
    </message>
    <message>
        <source>1 more problem: see the status window</source>
        <translation>1 weiteres Problem: siehe Statusfenster</translation>
    </message>
    <message>
        <source>A copy of this computer has signed in at central in its place. Recordings are kept on this computer.</source>
        <translation>Eine Kopie dieses Computers hat sich an seiner Stelle bei der Zentrale angemeldet. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>A recording is running. It will be ended here and kept; the rest of this call will not be recorded.</source>
        <translation>Eine Aufnahme läuft. Sie wird hier beendet und bleibt erhalten; der Rest dieses Anrufs wird nicht aufgenommen.</translation>
    </message>
    <message>
        <source>About Twinreel</source>
        <translation>Über Twinreel</translation>
    </message>
    <message>
        <source>After-call work</source>
        <translation>Nachbearbeitung</translation>
    </message>
    <message>
        <source>All recordings are sent</source>
        <translation>Alle Aufnahmen sind gesendet</translation>
    </message>
    <message>
        <source>Allow screen recording for Twinreel in the system's privacy settings.</source>
        <translation>Erlauben Sie Twinreel die Bildschirmaufnahme in den Datenschutzeinstellungen des Systems.</translation>
    </message>
    <message>
        <source>An update of Twinreel waits for the end of this call.</source>
        <translation>Eine Aktualisierung von Twinreel wartet auf das Ende dieses Anrufs.</translation>
    </message>
    <message>
        <source>Another program uses the key combination that pauses recording. It does not pause now.</source>
        <translation>Ein anderes Programm belegt die Tastenkombination, die die Aufnahme anhält. Sie wirkt jetzt nicht.</translation>
    </message>
    <message>
        <source>Another program uses the port at which Workspace signs in.</source>
        <translation>Ein anderes Programm belegt den Port, an dem sich Workspace anmeldet.</translation>
    </message>
    <message>
        <source>Asking central…</source>
        <translation>Die Zentrale wird gefragt…</translation>
    </message>
    <message>
        <source>C&amp;lose</source>
        <translation>Sch&amp;ließen</translation>
    </message>
    <message>
        <source>C&amp;onnect</source>
        <translation>&amp;Verbinden</translation>
    </message>
    <message>
        <source>Call {call}, not recorded</source>
        <translation>Anruf {call}, nicht aufgenommen</translation>
    </message>
    <message>
        <source>Call {call}, paused for {length}</source>
        <translation>Anruf {call}, angehalten seit {length}</translation>
    </message>
    <message>
        <source>Call {call}, recording for {length}</source>
        <translation>Anruf {call}, Aufnahme seit {length}</translation>
    </message>
    <message>
        <source>Central answers what makes no sense. Recordings are kept on this computer.</source>
        <translation>Die Zentrale antwortet Unverständliches. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>Central cannot be reached at the moment. Try again later.</source>
        <translation>Die Zentrale ist zurzeit nicht erreichbar. Versuchen Sie es später noch einmal.</translation>
    </message>
    <message>
        <source>Central cannot be reached. Recordings are kept on this computer until it can.</source>
        <translation>Die Zentrale ist nicht erreichbar. Bis dahin bleiben die Aufnahmen auf diesem Computer.</translation>
    </message>
    <message>
        <source>Central cannot take recordings at the moment. They are kept on this computer.</source>
        <translation>Die Zentrale kann zurzeit keine Aufnahmen annehmen. Sie bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>Central does not accept this computer's certificate. Recordings are kept on this computer.</source>
        <translation>Die Zentrale nimmt das Zertifikat dieses Computers nicht an. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>Central does not accept this computer. Recordings are kept on this computer.</source>
        <translation>Die Zentrale lässt diesen Computer nicht zu. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>Central does not accept what this computer sends. Recordings are kept on this computer.</source>
        <translation>Die Zentrale nimmt nicht an, was dieser Computer sendet. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>Central does not let this computer connect a page. Call your IT department.</source>
        <translation>Die Zentrale lässt diesen Computer keine Seite verbinden. Rufen Sie Ihre IT-Abteilung an.</translation>
    </message>
    <message>
        <source>Central refused a recording. It is set aside on this computer.</source>
        <translation>Die Zentrale hat eine Aufnahme abgelehnt. Sie liegt beiseitegelegt auf diesem Computer.</translation>
    </message>
    <message>
        <source>Central's receipt does not match what was sent. Recordings are kept on this computer.</source>
        <translation>Die Quittung der Zentrale passt nicht zu dem, was gesendet wurde. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>Check that Workspace still works, and reload it if it does not.</source>
        <translation>Prüfen Sie, ob Workspace noch funktioniert, und laden Sie es sonst neu.</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Code for IT: {code}</source>
        <translation>Code für die IT: {code}</translation>
    </message>
    <message>
        <source>Connect &amp;Workspace page…</source>
        <translation>&amp;Workspace-Seite verbinden…</translation>
    </message>
    <message>
        <source>Connect Workspace page</source>
        <translation>Workspace-Seite verbinden</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>Do not switch the computer off. If this stays for more than a minute, call IT.</source>
        <translation>Schalten Sie den Computer nicht aus. Bleibt es länger als eine Minute so, rufen Sie die IT an.</translation>
    </message>
    <message>
        <source>Enter the code that Twinreel's page in Workspace shows</source>
        <translation>Geben Sie den Code ein, den die Twinreel-Seite in Workspace zeigt</translation>
    </message>
    <message>
        <source>Free some space on this computer, or call your IT department.</source>
        <translation>Schaffen Sie Platz auf diesem Computer, oder rufen Sie Ihre IT-Abteilung an.</translation>
    </message>
    <message>
        <source>Free some space on this computer, or call your IT department. What was recorded is safe.</source>
        <translation>Schaffen Sie Platz auf diesem Computer, oder rufen Sie Ihre IT-Abteilung an. Was aufgenommen wurde, ist sicher.</translation>
    </message>
    <message>
        <source>Friday</source>
        <translation>Freitag</translation>
    </message>
    <message>
        <source>Have the computer set its time by itself, or call IT.</source>
        <translation>Lassen Sie den Computer seine Uhr selbst stellen, oder rufen Sie die IT an.</translation>
    </message>
    <message>
        <source>It comes back by itself. You need not do anything.</source>
        <translation>Es kommt von selbst wieder. Sie müssen nichts tun.</translation>
    </message>
    <message>
        <source>It goes on by itself. If this comes again, call IT.</source>
        <translation>Es geht von selbst weiter. Kommt es wieder vor, rufen Sie die IT an.</translation>
    </message>
    <message>
        <source>It is paused already.</source>
        <translation>Sie ist schon angehalten.</translation>
    </message>
    <message>
        <source>It is started again by itself. What was recorded is safe.</source>
        <translation>Es wird von selbst neu gestartet. Was aufgenommen wurde, ist sicher.</translation>
    </message>
    <message>
        <source>It is tried again by itself. If this stays for more than a minute, call IT.</source>
        <translation>Es wird von selbst wieder versucht. Bleibt es länger als eine Minute so, rufen Sie die IT an.</translation>
    </message>
    <message>
        <source>It mends itself, and the recording goes on. Closing programs that you do not need helps.</source>
        <translation>Das gibt sich von selbst, und die Aufnahme geht weiter. Es hilft, nicht benötigte Programme zu schließen.</translation>
    </message>
    <message>
        <source>It mends itself, and the recording goes on. If it stays, call IT.</source>
        <translation>Das gibt sich von selbst, und die Aufnahme geht weiter. Bleibt es so, rufen Sie die IT an.</translation>
    </message>
    <message>
        <source>Log: {path}</source>
        <translation>Protokoll: {path}</translation>
    </message>
    <message>
        <source>Logged out at the telephone</source>
        <translation>Am Telefon abgemeldet</translation>
    </message>
    <message>
        <source>Looking at how Twinreel is…</source>
        <translation>Der Zustand von Twinreel wird geprüft…</translation>
    </message>
    <message>
        <source>Monday</source>
        <translation>Montag</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>Erfordert Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Nobody is signed in.</source>
        <translation>Niemand ist angemeldet.</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>Nicht ausgeführt</translation>
    </message>
    <message>
        <source>Nothing is paused.</source>
        <translation>Nichts ist angehalten.</translation>
    </message>
    <message>
        <source>Nothing is recorded until it is started again</source>
        <translation>Bis zum nächsten Start wird nichts aufgenommen</translation>
    </message>
    <message>
        <source>Open any page in the browser and sign in to the network.</source>
        <translation>Öffnen Sie im Browser eine beliebige Seite und melden Sie sich am Netz an.</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Pause or resume the recording in Workspace itself.</source>
        <translation>Halten Sie die Aufnahme in Workspace selbst an, oder setzen Sie sie dort fort.</translation>
    </message>
    <message>
        <source>Pause with Twinreel's icon. Tell your IT department, and give them the code.</source>
        <translation>Halten Sie die Aufnahme mit dem Symbol von Twinreel an. Sagen Sie es Ihrer IT-Abteilung, und nennen Sie den Code.</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Paused while the screen is locked</source>
        <translation>Angehalten, solange der Bildschirm gesperrt ist</translation>
    </message>
    <message>
        <source>Paused: neither voice nor screen is recorded</source>
        <translation>Angehalten: weder Stimme noch Bildschirm wird aufgenommen</translation>
    </message>
    <message>
        <source>Paused: the screen cannot be read</source>
        <translation>Angehalten: der Bildschirm lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>Paused: the voice of this call is not recorded</source>
        <translation>Angehalten: die Stimme dieses Anrufs wird nicht aufgenommen</translation>
    </message>
    <message>
        <source>Please read: how your work is recorded</source>
        <translation>Bitte lesen: wie Ihre Arbeit aufgenommen wird</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Ready, sending recordings</source>
        <translation>Bereit, Aufnahmen werden gesendet</translation>
    </message>
    <message>
        <source>Reconnect your remote session, or wake the monitors. If it stays, call IT.</source>
        <translation>Verbinden Sie Ihre Fernsitzung neu, oder wecken Sie die Monitore. Bleibt es so, rufen Sie die IT an.</translation>
    </message>
    <message>
        <source>Record neither voice nor screen until you resume</source>
        <translation>Weder Stimme noch Bildschirm aufnehmen, bis Sie fortsetzen</translation>
    </message>
    <message>
        <source>Record the screen of the present call, though it was not selected</source>
        <translation>Den Bildschirm dieses Anrufs aufnehmen, obwohl er nicht ausgewählt wurde</translation>
    </message>
    <message>
        <source>Record this &amp;call's screen</source>
        <translation>Bildschirm dieses An&amp;rufs aufnehmen</translation>
    </message>
    <message>
        <source>Record voice and screen again</source>
        <translation>Stimme und Bildschirm wieder aufnehmen</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Aufnahme läuft</translation>
    </message>
    <message>
        <source>Recording after-call work</source>
        <translation>Nachbearbeitung wird aufgenommen</translation>
    </message>
    <message>
        <source>Recording has been paused for {length}. Resume it in the menu of the icon.</source>
        <translation>Die Aufnahme ist seit {length} angehalten. Im Menü des Symbols setzen Sie sie fort.</translation>
    </message>
    <message>
        <source>Recording the screen of after-call work</source>
        <translation>Der Bildschirm der Nachbearbeitung wird aufgenommen</translation>
    </message>
    <message>
        <source>Recording the screen of this call</source>
        <translation>Der Bildschirm dieses Anrufs wird aufgenommen</translation>
    </message>
    <message>
        <source>Recording the screen of this call. The pause ended with the call before</source>
        <translation>Der Bildschirm dieses Anrufs wird aufgenommen. Die Pause endete mit dem vorigen Anruf</translation>
    </message>
    <message>
        <source>Recordings are not sent while the network costs by the byte</source>
        <translation>Aufnahmen werden nicht gesendet, solange das Netz nach Datenmenge kostet</translation>
    </message>
    <message>
        <source>Recordings are sent after the call</source>
        <translation>Aufnahmen werden nach dem Anruf gesendet</translation>
    </message>
    <message>
        <source>Recordings are sent after you have signed out</source>
        <translation>Aufnahmen werden nach Ihrer Abmeldung gesendet</translation>
    </message>
    <message>
        <source>Recordings are sent at the time that central says</source>
        <translation>Aufnahmen werden zu der Zeit gesendet, die die Zentrale vorgibt</translation>
    </message>
    <message>
        <source>Recordings are sent from {time} on</source>
        <translation>Aufnahmen werden ab {time} gesendet</translation>
    </message>
    <message>
        <source>Recordings are sent when the battery is charged</source>
        <translation>Aufnahmen werden gesendet, wenn der Akku geladen ist</translation>
    </message>
    <message>
        <source>Recordings that wait are sent first. This takes some seconds.</source>
        <translation>Wartende Aufnahmen werden zuerst gesendet. Das dauert einige Sekunden.</translation>
    </message>
    <message>
        <source>Records the screen of selected calls, from the answer to the end of after-call work, for your company's contact center.</source>
        <translation>Nimmt für das Contact Center Ihrer Firma den Bildschirm ausgewählter Anrufe auf, vom Annehmen bis zum Ende der Nachbearbeitung.</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Saturday</source>
        <translation>Samstag</translation>
    </message>
    <message>
        <source>Save a file for IT that tells how Twinreel is, without personal data</source>
        <translation>Eine Datei für die IT speichern, die ohne persönliche Daten sagt, wie es um Twinreel steht</translation>
    </message>
    <message>
        <source>Saved at {path}</source>
        <translation>Gespeichert unter {path}</translation>
    </message>
    <message>
        <source>Sending 1 recording, {percent} %</source>
        <translation>1 Aufnahme wird gesendet, {percent} %</translation>
    </message>
    <message>
        <source>Sending {count} recordings, {percent} %</source>
        <translation>{count} Aufnahmen werden gesendet, {percent} %</translation>
    </message>
    <message>
        <source>Sign in at a screen of this computer. If you did, call IT.</source>
        <translation>Melden Sie sich an einem Bildschirm dieses Computers an. Haben Sie das getan, rufen Sie die IT an.</translation>
    </message>
    <message>
        <source>Sign out in the Workspace that is not yours.</source>
        <translation>Melden Sie das Workspace ab, das nicht Ihres ist.</translation>
    </message>
    <message>
        <source>Sign out, and choose an Xorg session when you sign in again.</source>
        <translation>Melden Sie sich ab, und wählen Sie beim nächsten Anmelden eine Xorg-Sitzung.</translation>
    </message>
    <message>
        <source>Signed in to Workspace as {agent}</source>
        <translation>In Workspace angemeldet als {agent}</translation>
    </message>
    <message>
        <source>Signed out</source>
        <translation>Abgemeldet</translation>
    </message>
    <message>
        <source>Signing off</source>
        <translation>Abmeldung</translation>
    </message>
    <message>
        <source>Some of your own settings of Twinreel are wrong. They are passed over, and it records on.</source>
        <translation>Einige Ihrer eigenen Einstellungen von Twinreel sind falsch. Sie werden übergangen; aufgenommen wird weiter.</translation>
    </message>
    <message>
        <source>Something needs attention</source>
        <translation>Etwas erfordert Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Something went wrong inside Twinreel. It goes on as well as it can.</source>
        <translation>In Twinreel ist etwas schiefgegangen. Es macht weiter, so gut es kann.</translation>
    </message>
    <message>
        <source>Still paused</source>
        <translation>Noch angehalten</translation>
    </message>
    <message>
        <source>Sunday</source>
        <translation>Sonntag</translation>
    </message>
    <message>
        <source>Tell your IT department, and give them the code.</source>
        <translation>Sagen Sie es Ihrer IT-Abteilung, und nennen Sie den Code.</translation>
    </message>
    <message>
        <source>Tell your IT department, and give them the code. Twinreel starts by itself when that is mended.</source>
        <translation>Sagen Sie es Ihrer IT-Abteilung, und nennen Sie den Code. Twinreel startet von selbst, sobald das behoben ist.</translation>
    </message>
    <message>
        <source>Tell your IT department: the computer must be enrolled.</source>
        <translation>Sagen Sie Ihrer IT-Abteilung, dass der Computer angemeldet werden muss.</translation>
    </message>
    <message>
        <source>That call is not paused.</source>
        <translation>Dieser Anruf ist nicht angehalten.</translation>
    </message>
    <message>
        <source>That call is over.</source>
        <translation>Dieser Anruf ist vorbei.</translation>
    </message>
    <message>
        <source>The call's id is {call}</source>
        <translation>Die Kennung des Anrufs ist {call}</translation>
    </message>
    <message>
        <source>The certificate by which Workspace signs in cannot be read.</source>
        <translation>Das Zertifikat, mit dem sich Workspace anmeldet, lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>The certificate by which Workspace signs in is out of date.</source>
        <translation>Das Zertifikat, mit dem sich Workspace anmeldet, ist abgelaufen.</translation>
    </message>
    <message>
        <source>The certificate by which Workspace signs in will soon be out of date.</source>
        <translation>Das Zertifikat, mit dem sich Workspace anmeldet, läuft bald ab.</translation>
    </message>
    <message>
        <source>The certificate that this computer shows central cannot be used. Recordings are kept on this computer.</source>
        <translation>Das Zertifikat, mit dem sich dieser Computer bei der Zentrale ausweist, ist nicht verwendbar. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>The clock of this computer is wrong by more than a minute. Recordings are placed by central's clock.</source>
        <translation>Die Uhr dieses Computers geht um mehr als eine Minute falsch. Die Aufnahmen richten sich nach der Uhr der Zentrale.</translation>
    </message>
    <message>
        <source>The clock of this computer was set during the recording.</source>
        <translation>Die Uhr dieses Computers wurde während der Aufnahme gestellt.</translation>
    </message>
    <message>
        <source>The connection to central is not to be trusted. Recordings are kept on this computer.</source>
        <translation>Der Verbindung zur Zentrale ist nicht zu trauen. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>The disk does not take the recording. The screen is not recorded.</source>
        <translation>Die Festplatte nimmt die Aufnahme nicht an. Der Bildschirm wird nicht aufgenommen.</translation>
    </message>
    <message>
        <source>The disk is nearly full. The screen is not recorded.</source>
        <translation>Die Festplatte ist fast voll. Der Bildschirm wird nicht aufgenommen.</translation>
    </message>
    <message>
        <source>The disk takes the recording only slowly. If the computer failed now, some would be lost.</source>
        <translation>Die Festplatte nimmt die Aufnahme nur langsam an. Fiele der Computer jetzt aus, ginge etwas verloren.</translation>
    </message>
    <message>
        <source>The file could not be saved: {reason}</source>
        <translation>Die Datei konnte nicht gespeichert werden: {reason}</translation>
    </message>
    <message>
        <source>The file holds versions, settings, rules, the state of the screen and the last lines of the logs. It holds no names, numbers, passwords or pictures.</source>
        <translation>Die Datei enthält Versionen, Einstellungen, Regeln, den Zustand des Bildschirms und die letzten Zeilen der Protokolle. Sie enthält keine Namen, Nummern, Passwörter oder Bilder.</translation>
    </message>
    <message>
        <source>The key combination that pauses recording does not work on this computer.</source>
        <translation>Die Tastenkombination, die die Aufnahme anhält, funktioniert auf diesem Computer nicht.</translation>
    </message>
    <message>
        <source>The keyring does not answer, so recordings cannot be sent.</source>
        <translation>Der Schlüsselbund antwortet nicht; Aufnahmen können nicht gesendet werden.</translation>
    </message>
    <message>
        <source>The keyring is locked, so recordings cannot be sent.</source>
        <translation>Der Schlüsselbund ist gesperrt; Aufnahmen können nicht gesendet werden.</translation>
    </message>
    <message>
        <source>The keyring was refused to us, so recordings cannot be sent.</source>
        <translation>Der Schlüsselbund wurde uns verweigert; Aufnahmen können nicht gesendet werden.</translation>
    </message>
    <message>
        <source>The page is connected.</source>
        <translation>Die Seite ist verbunden.</translation>
    </message>
    <message>
        <source>The picture of the screen cannot be encoded. It is not recorded at the moment.</source>
        <translation>Das Bild des Bildschirms lässt sich nicht kodieren. Er wird zurzeit nicht aufgenommen.</translation>
    </message>
    <message>
        <source>The program that sends recordings does not run.</source>
        <translation>Das Programm, das Aufnahmen sendet, läuft nicht.</translation>
    </message>
    <message>
        <source>The program that sends recordings met a fault of its own. Recordings are kept on this computer.</source>
        <translation>Im Programm, das Aufnahmen sendet, ist ein Fehler aufgetreten. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>The program that speaks to central does not run. Try again in a minute.</source>
        <translation>Das Programm, das mit der Zentrale spricht, läuft nicht. Versuchen Sie es in einer Minute noch einmal.</translation>
    </message>
    <message>
        <source>The proxy on the way to central asks for another password. Recordings are kept on this computer.</source>
        <translation>Der Proxy auf dem Weg zur Zentrale verlangt ein anderes Passwort. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>The proxy on the way to central does not answer. Recordings are kept on this computer.</source>
        <translation>Der Proxy auf dem Weg zur Zentrale antwortet nicht. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>The proxy on the way to central refuses the connection. Recordings are kept on this computer.</source>
        <translation>Der Proxy auf dem Weg zur Zentrale verweigert die Verbindung. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>The recordings on this computer cannot be read. Recordings are kept on this computer.</source>
        <translation>Die Aufnahmen auf diesem Computer lassen sich nicht lesen. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>The rules for proxies cannot be read; recordings are sent without them.</source>
        <translation>Die Regeln für Proxys sind nicht lesbar; die Aufnahmen werden ohne sie gesendet.</translation>
    </message>
    <message>
        <source>The rules from central are out of date. They stay in force until new ones come.</source>
        <translation>Die Regeln der Zentrale sind veraltet. Sie gelten, bis neue kommen.</translation>
    </message>
    <message>
        <source>The rules from central cannot be used. The last good ones stay in force.</source>
        <translation>Die Regeln der Zentrale sind nicht brauchbar. Die letzten brauchbaren gelten weiter.</translation>
    </message>
    <message>
        <source>The screen of this call is not recorded</source>
        <translation>Der Bildschirm dieses Anrufs wird nicht aufgenommen</translation>
    </message>
    <message>
        <source>The screen of this call is not recorded. The pause ended with the call before</source>
        <translation>Der Bildschirm dieses Anrufs wird nicht aufgenommen. Die Pause endete mit dem vorigen Anruf</translation>
    </message>
    <message>
        <source>The screen of this call is recorded already.</source>
        <translation>Der Bildschirm dieses Anrufs wird schon aufgenommen.</translation>
    </message>
    <message>
        <source>The screen reads as black. The recording would show nothing.</source>
        <translation>Der Bildschirm erscheint schwarz. Die Aufnahme würde nichts zeigen.</translation>
    </message>
    <message>
        <source>The screens together are too big to record in full size. They are recorded smaller.</source>
        <translation>Die Bildschirme sind zusammen zu groß für eine Aufnahme in voller Größe. Sie werden kleiner aufgenommen.</translation>
    </message>
    <message>
        <source>The state of this call cannot be written down. A restart would lose the pause.</source>
        <translation>Der Stand dieses Anrufs lässt sich nicht festhalten. Bei einem Neustart ginge die Pause verloren.</translation>
    </message>
    <message>
        <source>The system did not tell of changes on the screen. The recording shows them late.</source>
        <translation>Das System hat Änderungen am Bildschirm nicht gemeldet. Die Aufnahme zeigt sie verspätet.</translation>
    </message>
    <message>
        <source>The system does not hand out the picture of the screen. It is not recorded at the moment.</source>
        <translation>Das System gibt das Bild des Bildschirms nicht heraus. Er wird zurzeit nicht aufgenommen.</translation>
    </message>
    <message>
        <source>The system does not let Twinreel read the screen.</source>
        <translation>Das System lässt Twinreel den Bildschirm nicht lesen.</translation>
    </message>
    <message>
        <source>There is a problem that has no words yet: {code}.</source>
        <translation>Es gibt ein Problem, für das noch Worte fehlen: {code}.</translation>
    </message>
    <message>
        <source>There is no call to pause.</source>
        <translation>Es gibt keinen Anruf, der angehalten werden könnte.</translation>
    </message>
    <message>
        <source>There is no call whose screen could be recorded.</source>
        <translation>Es gibt keinen Anruf, dessen Bildschirm aufgenommen werden könnte.</translation>
    </message>
    <message>
        <source>There is no keyring, so recordings cannot be sent.</source>
        <translation>Es gibt keinen Schlüsselbund; Aufnahmen können nicht gesendet werden.</translation>
    </message>
    <message>
        <source>There is no screen to record.</source>
        <translation>Es gibt keinen Bildschirm, der aufgenommen werden könnte.</translation>
    </message>
    <message>
        <source>There was no answer. Try again in a minute.</source>
        <translation>Es kam keine Antwort. Versuchen Sie es in einer Minute noch einmal.</translation>
    </message>
    <message>
        <source>This code is not known. Look at the page again: it may show a new one.</source>
        <translation>Dieser Code ist nicht bekannt. Sehen Sie noch einmal auf die Seite: vielleicht zeigt sie einen neuen.</translation>
    </message>
    <message>
        <source>This computer has no certificate yet, so Workspace cannot sign in by HTTPS.</source>
        <translation>Dieser Computer hat noch kein Zertifikat; Workspace kann sich nicht über HTTPS anmelden.</translation>
    </message>
    <message>
        <source>This computer has no keys to seal recordings with. The screen is not recorded.</source>
        <translation>Dieser Computer hat keine Schlüssel, um Aufnahmen zu versiegeln. Der Bildschirm wird nicht aufgenommen.</translation>
    </message>
    <message>
        <source>This computer has not been given its rules yet. Nothing is recorded.</source>
        <translation>Dieser Computer hat seine Regeln noch nicht bekommen. Nichts wird aufgenommen.</translation>
    </message>
    <message>
        <source>This computer is not enrolled at central. Recordings are kept on this computer.</source>
        <translation>Dieser Computer ist bei der Zentrale nicht angemeldet. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>This computer is too slow to record every change of the screen. It records fewer.</source>
        <translation>Dieser Computer ist zu langsam, um jede Änderung des Bildschirms aufzunehmen. Er nimmt weniger auf.</translation>
    </message>
    <message>
        <source>This computer was too busy to record the screen in time.</source>
        <translation>Dieser Computer war zu beschäftigt, um den Bildschirm rechtzeitig aufzunehmen.</translation>
    </message>
    <message>
        <source>This desktop (Wayland) does not let Twinreel read the screen.</source>
        <translation>Diese Arbeitsumgebung (Wayland) lässt Twinreel den Bildschirm nicht lesen.</translation>
    </message>
    <message>
        <source>This network wants a sign-in of its own first. Recordings are kept on this computer.</source>
        <translation>Dieses Netz verlangt zuerst eine eigene Anmeldung. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>This version of Twinreel is older than your company wants it to be. It records on.</source>
        <translation>Diese Version von Twinreel ist älter, als Ihr Unternehmen es will. Sie nimmt weiter auf.</translation>
    </message>
    <message>
        <source>Thursday</source>
        <translation>Donnerstag</translation>
    </message>
    <message>
        <source>Too many codes were wrong. Wait some minutes, then try again.</source>
        <translation>Zu viele Codes waren falsch. Warten Sie einige Minuten, dann versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Too many recordings wait on this computer to be sent. The screen is not recorded.</source>
        <translation>Zu viele Aufnahmen warten auf diesem Computer darauf, gesendet zu werden. Der Bildschirm wird nicht aufgenommen.</translation>
    </message>
    <message>
        <source>Tuesday</source>
        <translation>Dienstag</translation>
    </message>
    <message>
        <source>Twinreel has not been set up on this computer yet. Nothing is recorded.</source>
        <translation>Twinreel ist auf diesem Computer noch nicht eingerichtet. Nichts wird aufgenommen.</translation>
    </message>
    <message>
        <source>Twinreel is being removed</source>
        <translation>Twinreel wird entfernt</translation>
    </message>
    <message>
        <source>Twinreel is being updated</source>
        <translation>Twinreel wird aktualisiert</translation>
    </message>
    <message>
        <source>Twinreel was too busy to hear a pause, and stopped recording the screen until it was not.</source>
        <translation>Twinreel war zu beschäftigt, um eine Pause zu bemerken, und nahm solange den Bildschirm nicht auf.</translation>
    </message>
    <message>
        <source>Twinreel's page in Workspace shows a code while it is not connected with this computer. Type it here.</source>
        <translation>Die Twinreel-Seite in Workspace zeigt einen Code, solange sie mit diesem Computer nicht verbunden ist. Geben Sie ihn hier ein.</translation>
    </message>
    <message>
        <source>Twinreel's recorder met a fault of its own. The screen is not recorded at the moment.</source>
        <translation>In Twinreels Rekorder ist ein Fehler aufgetreten. Der Bildschirm wird zurzeit nicht aufgenommen.</translation>
    </message>
    <message>
        <source>Twinreel's settings on this computer are wrong. Nothing is recorded.</source>
        <translation>Die Einstellungen von Twinreel auf diesem Computer sind falsch. Nichts wird aufgenommen.</translation>
    </message>
    <message>
        <source>Two agents are signed in at this computer. Only the first one's calls are recorded.</source>
        <translation>Zwei Agenten sind an diesem Computer angemeldet. Nur die Anrufe des ersten werden aufgenommen.</translation>
    </message>
    <message>
        <source>Unlock your keyring, or sign in to the computer again. What was recorded is safe.</source>
        <translation>Entsperren Sie Ihren Schlüsselbund, oder melden Sie sich am Computer neu an. Was aufgenommen wurde, ist sicher.</translation>
    </message>
    <message>
        <source>Voice and screen</source>
        <translation>Stimme und Bildschirm</translation>
    </message>
    <message>
        <source>Voice and screen, until you resume</source>
        <translation>Stimme und Bildschirm, bis Sie fortsetzen</translation>
    </message>
    <message>
        <source>Wednesday</source>
        <translation>Mittwoch</translation>
    </message>
    <message>
        <source>What answers in central's place is not the central we know. Recordings are kept on this computer.</source>
        <translation>Was an Stelle der Zentrale antwortet, ist nicht die Zentrale, die wir kennen. Die Aufnahmen bleiben auf diesem Computer.</translation>
    </message>
    <message>
        <source>Windows that must not be recorded cannot be told apart here. The screen is not recorded.</source>
        <translation>Fenster, die nicht aufgenommen werden dürfen, sind hier nicht zu unterscheiden. Der Bildschirm wird nicht aufgenommen.</translation>
    </message>
    <message>
        <source>Workspace did not pause or resume its voice recording.</source>
        <translation>Workspace hat seine Sprachaufnahme nicht angehalten oder nicht fortgesetzt.</translation>
    </message>
    <message>
        <source>Workspace is silent. What was being done goes on; no new recording begins.</source>
        <translation>Workspace meldet sich nicht. Was läuft, geht weiter; keine neue Aufnahme beginnt.</translation>
    </message>
    <message>
        <source>You are asked again at the next start</source>
        <translation>Beim nächsten Start werden Sie wieder gefragt</translation>
    </message>
    <message>
        <source>You need not do anything.</source>
        <translation>Sie müssen nichts tun.</translation>
    </message>
    <message>
        <source>You need not do anything. Closing programs that you do not need helps.</source>
        <translation>Sie müssen nichts tun. Es hilft, nicht benötigte Programme zu schließen.</translation>
    </message>
    <message>
        <source>Your IT department takes it off this computer.</source>
        <translation>Ihre IT-Abteilung nimmt es von diesem Computer.</translation>
    </message>
    <message>
        <source>Your company asks you to read this once.</source>
        <translation>Ihre Firma bittet Sie, dies einmal zu lesen.</translation>
    </message>
    <message>
        <source>Your company's notice</source>
        <translation>Hinweis Ihrer Firma</translation>
    </message>
    <message>
        <source>Your name and the time are noted</source>
        <translation>Ihr Name und die Zeit werden festgehalten</translation>
    </message>
    <message>
        <source>Your rules do not let you pause.</source>
        <translation>Ihre Regeln erlauben Ihnen keine Pause.</translation>
    </message>
    <message>
        <source>Your rules do not let you record a call by choice.</source>
        <translation>Ihre Regeln erlauben Ihnen nicht, einen Anruf nach eigener Wahl aufzunehmen.</translation>
    </message>
    <message>
        <source>for {length}</source>
        <translation>seit {length}</translation>
    </message>
    <message>
        <source>less than a minute</source>
        <translation>weniger als einer Minute</translation>
    </message>
    <message>
        <source>{count} minutes</source>
        <translation>{count} Minuten</translation>
    </message>
    <message>
        <source>{count} more problems: see the status window</source>
        <translation>{count} weitere Probleme: siehe Statusfenster</translation>
    </message>
</context>
</TS>
