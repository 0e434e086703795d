<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
<context>
    <name>Twinreel</name>
    <message>
        <source>&amp;About Twinreel</source>
        <translation>À pr&amp;opos de Twinreel</translation>
    </message>
    <message>
        <source>&amp;Code:</source>
        <translation>&amp;Code :</translation>
    </message>
    <message>
        <source>&amp;Diagnostics…</source>
        <translation>&amp;Diagnostic…</translation>
    </message>
    <message>
        <source>&amp;I have read this</source>
        <translation>&amp;J'ai lu ce texte</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>&amp;Plus tard</translation>
    </message>
    <message>
        <source>&amp;Open folder</source>
        <translation>&amp;Ouvrir le dossier</translation>
    </message>
    <message>
        <source>&amp;Pause recording</source>
        <translation>Sus&amp;pendre l'enregistrement</translation>
    </message>
    <message>
        <source>&amp;Quit Twinreel</source>
        <translation>&amp;Quitter Twinreel</translation>
    </message>
    <message>
        <source>&amp;Resume recording</source>
        <translation>&amp;Reprendre l'enregistrement</translation>
    </message>
    <message>
        <source>&amp;Send 1 waiting recording now</source>
        <translation>&amp;Envoyer maintenant 1 enregistrement en attente</translation>
    </message>
    <message>
        <source>&amp;Send {count} waiting recordings now</source>
        <translation>&amp;Envoyer maintenant {count} enregistrements en attente</translation>
    </message>
    <message>
        <source>1 minute</source>
        <translation>1 minute</translation>
    </message>
    <message>
        <source>1 more problem: see the status window</source>
        <translation>1 autre problème : voir la fenêtre d'état</translation>
    </message>
    <message>
        <source>A copy of this computer has signed in at central in its place. Recordings are kept on this computer.</source>
        <translation>Une copie de cet ordinateur s'est identifiée à sa place auprès du serveur central. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>A recording is running. It will be ended here and kept; the rest of this call will not be recorded.</source>
        <translation>Un enregistrement est en cours. Il sera arrêté ici et conservé ; le reste de cet appel ne sera pas enregistré.</translation>
    </message>
    <message>
        <source>About Twinreel</source>
        <translation>À propos de Twinreel</translation>
    </message>
    <message>
        <source>After-call work</source>
        <translation>Travail après appel</translation>
    </message>
    <message>
        <source>All recordings are sent</source>
        <translation>Tous les enregistrements sont envoyés</translation>
    </message>
    <message>
        <source>Allow screen recording for Twinreel in the system's privacy settings.</source>
        <translation>Autorisez l'enregistrement de l'écran pour Twinreel dans les réglages de confidentialité du système.</translation>
    </message>
    <message>
        <source>An update of Twinreel waits for the end of this call.</source>
        <translation>Une mise à jour de Twinreel attend la fin de cet appel.</translation>
    </message>
    <message>
        <source>Another program uses the key combination that pauses recording. It does not pause now.</source>
        <translation>Un autre programme utilise la combinaison de touches qui suspend l'enregistrement. Elle ne suspend rien pour l'instant.</translation>
    </message>
    <message>
        <source>Another program uses the port at which Workspace signs in.</source>
        <translation>Un autre programme utilise le port auquel Workspace se connecte.</translation>
    </message>
    <message>
        <source>Asking central…</source>
        <translation>Demande au serveur central…</translation>
    </message>
    <message>
        <source>C&amp;lose</source>
        <translation>&amp;Fermer</translation>
    </message>
    <message>
        <source>C&amp;onnect</source>
        <translation>C&amp;onnecter</translation>
    </message>
    <message>
        <source>Call {call}, not recorded</source>
        <translation>Appel {call}, non enregistré</translation>
    </message>
    <message>
        <source>Call {call}, paused for {length}</source>
        <translation>Appel {call}, suspendu depuis {length}</translation>
    </message>
    <message>
        <source>Call {call}, recording for {length}</source>
        <translation>Appel {call}, enregistré depuis {length}</translation>
    </message>
    <message>
        <source>Central answers what makes no sense. Recordings are kept on this computer.</source>
        <translation>Le serveur central donne des réponses incompréhensibles. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Central cannot be reached at the moment. Try again later.</source>
        <translation>Le serveur central est injoignable pour le moment. Réessayez plus tard.</translation>
    </message>
    <message>
        <source>Central cannot be reached. Recordings are kept on this computer until it can.</source>
        <translation>Le serveur central est injoignable. En attendant, les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Central cannot take recordings at the moment. They are kept on this computer.</source>
        <translation>Le serveur central ne peut pas recevoir d'enregistrements pour le moment. Ils restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Central does not accept this computer's certificate. Recordings are kept on this computer.</source>
        <translation>Le serveur central n'accepte pas le certificat de cet ordinateur. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Central does not accept this computer. Recordings are kept on this computer.</source>
        <translation>Le serveur central n'accepte pas cet ordinateur. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Central does not accept what this computer sends. Recordings are kept on this computer.</source>
        <translation>Le serveur central n'accepte pas ce que cet ordinateur envoie. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Central does not let this computer connect a page. Call your IT department.</source>
        <translation>Le serveur central ne permet pas à cet ordinateur de connecter une page. Appelez votre service informatique.</translation>
    </message>
    <message>
        <source>Central refused a recording. It is set aside on this computer.</source>
        <translation>Le serveur central a refusé un enregistrement. Il est mis de côté sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Central's receipt does not match what was sent. Recordings are kept on this computer.</source>
        <translation>Le reçu du serveur central ne correspond pas à l'envoi. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Check that Workspace still works, and reload it if it does not.</source>
        <translation>Vérifiez que Workspace fonctionne encore ; sinon, rechargez-le.</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Code for IT: {code}</source>
        <translation>Code pour le service informatique : {code}</translation>
    </message>
    <message>
        <source>Connect &amp;Workspace page…</source>
        <translation>Connecter la page &amp;Workspace…</translation>
    </message>
    <message>
        <source>Connect Workspace page</source>
        <translation>Connecter la page Workspace</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>Diagnostic</translation>
    </message>
    <message>
        <source>Do not switch the computer off. If this stays for more than a minute, call IT.</source>
        <translation>N'éteignez pas l'ordinateur. Si cela dure plus d'une minute, appelez le service informatique.</translation>
    </message>
    <message>
        <source>Enter the code that Twinreel's page in Workspace shows</source>
        <translation>Saisissez le code affiché par la page Twinreel dans Workspace</translation>
    </message>
    <message>
        <source>Free some space on this computer, or call your IT department.</source>
        <translation>Libérez de l'espace sur cet ordinateur, ou appelez votre service informatique.</translation>
    </message>
    <message>
        <source>Free some space on this computer, or call your IT department. What was recorded is safe.</source>
        <translation>Libérez de l'espace sur cet ordinateur, ou appelez votre service informatique. Ce qui a été enregistré est en sécurité.</translation>
    </message>
    <message>
        <source>Friday</source>
        <translation>vendredi</translation>
    </message>
    <message>
        <source>Have the computer set its time by itself, or call IT.</source>
        <translation>Laissez l'ordinateur régler l'heure lui-même, ou appelez le service informatique.</translation>
    </message>
    <message>
        <source>It comes back by itself. You need not do anything.</source>
        <translation>Il revient de lui-même. Vous n'avez rien à faire.</translation>
    </message>
    <message>
        <source>It goes on by itself. If this comes again, call IT.</source>
        <translation>Cela reprend tout seul. Si cela se reproduit, appelez le service informatique.</translation>
    </message>
    <message>
        <source>It is paused already.</source>
        <translation>Il est déjà suspendu.</translation>
    </message>
    <message>
        <source>It is started again by itself. What was recorded is safe.</source>
        <translation>Il redémarre tout seul. Ce qui a été enregistré est en sécurité.</translation>
    </message>
    <message>
        <source>It is tried again by itself. If this stays for more than a minute, call IT.</source>
        <translation>Un nouvel essai est fait automatiquement. Si cela dure plus d'une minute, appelez le service informatique.</translation>
    </message>
    <message>
        <source>It mends itself, and the recording goes on. Closing programs that you do not need helps.</source>
        <translation>Cela se répare tout seul et l'enregistrement continue. Fermer les programmes inutiles aide.</translation>
    </message>
    <message>
        <source>It mends itself, and the recording goes on. If it stays, call IT.</source>
        <translation>Cela se répare tout seul et l'enregistrement continue. Si cela persiste, appelez le service informatique.</translation>
    </message>
    <message>
        <source>Log: {path}</source>
        <translation>Journal : {path}</translation>
    </message>
    <message>
        <source>Logged out at the telephone</source>
        <translation>Déconnecté du téléphone</translation>
    </message>
    <message>
        <source>Looking at how Twinreel is…</source>
        <translation>Examen de l'état de Twinreel…</translation>
    </message>
    <message>
        <source>Monday</source>
        <translation>lundi</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>Attention requise</translation>
    </message>
    <message>
        <source>Nobody is signed in.</source>
        <translation>Personne n'est connecté.</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>Non effectué</translation>
    </message>
    <message>
        <source>Nothing is paused.</source>
        <translation>Rien n'est suspendu.</translation>
    </message>
    <message>
        <source>Nothing is recorded until it is started again</source>
        <translation>Rien n'est enregistré jusqu'au prochain démarrage</translation>
    </message>
    <message>
        <source>Open any page in the browser and sign in to the network.</source>
        <translation>Ouvrez une page quelconque dans le navigateur et connectez-vous au réseau.</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Suspendre</translation>
    </message>
    <message>
        <source>Pause or resume the recording in Workspace itself.</source>
        <translation>Suspendez ou reprenez l'enregistrement dans Workspace même.</translation>
    </message>
    <message>
        <source>Pause with Twinreel's icon. Tell your IT department, and give them the code.</source>
        <translation>Suspendez avec l'icône de Twinreel. Prévenez votre service informatique et donnez-lui le code.</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Suspendu</translation>
    </message>
    <message>
        <source>Paused while the screen is locked</source>
        <translation>Suspendu tant que l'écran est verrouillé</translation>
    </message>
    <message>
        <source>Paused: neither voice nor screen is recorded</source>
        <translation>Suspendu : ni la voix ni l'écran ne sont enregistrés</translation>
    </message>
    <message>
        <source>Paused: the screen cannot be read</source>
        <translation>Suspendu : l'écran ne peut pas être lu</translation>
    </message>
    <message>
        <source>Paused: the voice of this call is not recorded</source>
        <translation>Suspendu : la voix de cet appel n'est pas enregistrée</translation>
    </message>
    <message>
        <source>Please read: how your work is recorded</source>
        <translation>À lire : comment votre travail est enregistré</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Prêt</translation>
    </message>
    <message>
        <source>Ready, sending recordings</source>
        <translation>Prêt, envoi des enregistrements</translation>
    </message>
    <message>
        <source>Reconnect your remote session, or wake the monitors. If it stays, call IT.</source>
        <translation>Reconnectez votre session à distance, ou réveillez les écrans. Si cela persiste, appelez le service informatique.</translation>
    </message>
    <message>
        <source>Record neither voice nor screen until you resume</source>
        <translation>N'enregistrer ni la voix ni l'écran jusqu'à la reprise</translation>
    </message>
    <message>
        <source>Record the screen of the present call, though it was not selected</source>
        <translation>Enregistrer l'écran de l'appel en cours, bien qu'il n'ait pas été sélectionné</translation>
    </message>
    <message>
        <source>Record this &amp;call's screen</source>
        <translation>Enregistrer l'é&amp;cran de cet appel</translation>
    </message>
    <message>
        <source>Record voice and screen again</source>
        <translation>Enregistrer de nouveau la voix et l'écran</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Enregistrement en cours</translation>
    </message>
    <message>
        <source>Recording after-call work</source>
        <translation>Travail après appel enregistré</translation>
    </message>
    <message>
        <source>Recording has been paused for {length}. Resume it in the menu of the icon.</source>
        <translation>L'enregistrement est suspendu depuis {length}. Reprenez-le dans le menu de l'icône.</translation>
    </message>
    <message>
        <source>Recording the screen of after-call work</source>
        <translation>L'écran du travail après appel est enregistré</translation>
    </message>
    <message>
        <source>Recording the screen of this call</source>
        <translation>L'écran de cet appel est enregistré</translation>
    </message>
    <message>
        <source>Recording the screen of this call. The pause ended with the call before</source>
        <translation>L'écran de cet appel est enregistré. La suspension a pris fin avec l'appel précédent</translation>
    </message>
    <message>
        <source>Recordings are not sent while the network costs by the byte</source>
        <translation>Les enregistrements ne sont pas envoyés tant que le réseau est facturé au volume</translation>
    </message>
    <message>
        <source>Recordings are sent after the call</source>
        <translation>Les enregistrements sont envoyés après l'appel</translation>
    </message>
    <message>
        <source>Recordings are sent after you have signed out</source>
        <translation>Les enregistrements sont envoyés après votre déconnexion</translation>
    </message>
    <message>
        <source>Recordings are sent at the time that central says</source>
        <translation>Les enregistrements sont envoyés à l'heure fixée par le serveur central</translation>
    </message>
    <message>
        <source>Recordings are sent from {time} on</source>
        <translation>Les enregistrements sont envoyés à partir de {time}</translation>
    </message>
    <message>
        <source>Recordings are sent when the battery is charged</source>
        <translation>Les enregistrements sont envoyés quand la batterie est chargée</translation>
    </message>
    <message>
        <source>Recordings that wait are sent first. This takes some seconds.</source>
        <translation>Les enregistrements en attente sont d’abord envoyés. Cela prend quelques secondes.</translation>
    </message>
    <message>
        <source>Records the screen of selected calls, from the answer to the end of after-call work, for your company's contact center.</source>
        <translation>Enregistre, pour le centre de contact de votre entreprise, l'écran des appels sélectionnés, de la réponse à la fin du travail après appel.</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Reprendre</translation>
    </message>
    <message>
        <source>Saturday</source>
        <translation>samedi</translation>
    </message>
    <message>
        <source>Save a file for IT that tells how Twinreel is, without personal data</source>
        <translation>Enregistrer un fichier pour le service informatique qui décrit l'état de Twinreel, sans données personnelles</translation>
    </message>
    <message>
        <source>Saved at {path}</source>
        <translation>Enregistré sous {path}</translation>
    </message>
    <message>
        <source>Sending 1 recording, {percent} %</source>
        <translation>Envoi d'un enregistrement, {percent} %</translation>
    </message>
    <message>
        <source>Sending {count} recordings, {percent} %</source>
        <translation>Envoi de {count} enregistrements, {percent} %</translation>
    </message>
    <message>
        <source>Sign in at a screen of this computer. If you did, call IT.</source>
        <translation>Connectez-vous sur un écran de cet ordinateur. Si c'est déjà fait, appelez le service informatique.</translation>
    </message>
    <message>
        <source>Sign out in the Workspace that is not yours.</source>
        <translation>Déconnectez le Workspace qui n'est pas le vôtre.</translation>
    </message>
    <message>
        <source>Sign out, and choose an Xorg session when you sign in again.</source>
        <translation>Fermez la session, puis choisissez une session Xorg à la reconnexion.</translation>
    </message>
    <message>
        <source>Signed in to Workspace as {agent}</source>
        <translation>Connecté à Workspace en tant que {agent}</translation>
    </message>
    <message>
        <source>Signed out</source>
        <translation>Déconnecté</translation>
    </message>
    <message>
        <source>Signing off</source>
        <translation>Fermeture de session</translation>
    </message>
    <message>
        <source>Some of your own settings of Twinreel are wrong. They are passed over, and it records on.</source>
        <translation>Certains de vos propres réglages de Twinreel sont erronés. Ils sont ignorés, et l'enregistrement continue.</translation>
    </message>
    <message>
        <source>Something needs attention</source>
        <translation>Quelque chose requiert votre attention</translation>
    </message>
    <message>
        <source>Something went wrong inside Twinreel. It goes on as well as it can.</source>
        <translation>Quelque chose s'est mal passé dans Twinreel. Il continue de son mieux.</translation>
    </message>
    <message>
        <source>Still paused</source>
        <translation>Toujours suspendu</translation>
    </message>
    <message>
        <source>Sunday</source>
        <translation>dimanche</translation>
    </message>
    <message>
        <source>Tell your IT department, and give them the code.</source>
        <translation>Prévenez votre service informatique et donnez-lui le code.</translation>
    </message>
    <message>
        <source>Tell your IT department, and give them the code. Twinreel starts by itself when that is mended.</source>
        <translation>Prévenez votre service informatique et donnez-lui le code. Twinreel démarre de lui-même dès que c'est corrigé.</translation>
    </message>
    <message>
        <source>Tell your IT department: the computer must be enrolled.</source>
        <translation>Prévenez votre service informatique : l'ordinateur doit être inscrit.</translation>
    </message>
    <message>
        <source>That call is not paused.</source>
        <translation>Cet appel n'est pas suspendu.</translation>
    </message>
    <message>
        <source>That call is over.</source>
        <translation>Cet appel est terminé.</translation>
    </message>
    <message>
        <source>The call's id is {call}</source>
        <translation>L'identifiant de l'appel est {call}</translation>
    </message>
    <message>
        <source>The certificate by which Workspace signs in cannot be read.</source>
        <translation>Le certificat avec lequel Workspace se connecte ne peut pas être lu.</translation>
    </message>
    <message>
        <source>The certificate by which Workspace signs in is out of date.</source>
        <translation>Le certificat avec lequel Workspace se connecte a expiré.</translation>
    </message>
    <message>
        <source>The certificate by which Workspace signs in will soon be out of date.</source>
        <translation>Le certificat avec lequel Workspace se connecte expire bientôt.</translation>
    </message>
    <message>
        <source>The certificate that this computer shows central cannot be used. Recordings are kept on this computer.</source>
        <translation>Le certificat que cet ordinateur présente au serveur central est inutilisable. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>The clock of this computer is wrong by more than a minute. Recordings are placed by central's clock.</source>
        <translation>L'horloge de cet ordinateur est décalée de plus d'une minute. Les enregistrements suivent l'horloge du serveur central.</translation>
    </message>
    <message>
        <source>The clock of this computer was set during the recording.</source>
        <translation>L'horloge de cet ordinateur a été réglée pendant l'enregistrement.</translation>
    </message>
    <message>
        <source>The connection to central is not to be trusted. Recordings are kept on this computer.</source>
        <translation>La connexion au serveur central n'est pas fiable. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>The disk does not take the recording. The screen is not recorded.</source>
        <translation>Le disque n'accepte pas l'enregistrement. L'écran n'est pas enregistré.</translation>
    </message>
    <message>
        <source>The disk is nearly full. The screen is not recorded.</source>
        <translation>Le disque est presque plein. L'écran n'est pas enregistré.</translation>
    </message>
    <message>
        <source>The disk takes the recording only slowly. If the computer failed now, some would be lost.</source>
        <translation>Le disque est lent à recevoir l'enregistrement. Si l'ordinateur tombait en panne maintenant, une partie serait perdue.</translation>
    </message>
    <message>
        <source>The file could not be saved: {reason}</source>
        <translation>Le fichier n'a pas pu être enregistré : {reason}</translation>
    </message>
    <message>
        <source>The file holds versions, settings, rules, the state of the screen and the last lines of the logs. It holds no names, numbers, passwords or pictures.</source>
        <translation>Le fichier contient les versions, les réglages, les règles, l'état de l'écran et les dernières lignes des journaux. Il ne contient ni noms, ni numéros, ni mots de passe, ni images.</translation>
    </message>
    <message>
        <source>The key combination that pauses recording does not work on this computer.</source>
        <translation>La combinaison de touches qui suspend l'enregistrement ne fonctionne pas sur cet ordinateur.</translation>
    </message>
    <message>
        <source>The keyring does not answer, so recordings cannot be sent.</source>
        <translation>Le trousseau de clés ne répond pas ; les enregistrements ne peuvent pas être envoyés.</translation>
    </message>
    <message>
        <source>The keyring is locked, so recordings cannot be sent.</source>
        <translation>Le trousseau de clés est verrouillé ; les enregistrements ne peuvent pas être envoyés.</translation>
    </message>
    <message>
        <source>The keyring was refused to us, so recordings cannot be sent.</source>
        <translation>L'accès au trousseau de clés nous a été refusé ; les enregistrements ne peuvent pas être envoyés.</translation>
    </message>
    <message>
        <source>The page is connected.</source>
        <translation>La page est connectée.</translation>
    </message>
    <message>
        <source>The picture of the screen cannot be encoded. It is not recorded at the moment.</source>
        <translation>L'image de l'écran ne peut pas être encodée. Il n'est pas enregistré pour le moment.</translation>
    </message>
    <message>
        <source>The program that sends recordings does not run.</source>
        <translation>Le programme qui envoie les enregistrements ne fonctionne pas.</translation>
    </message>
    <message>
        <source>The program that sends recordings met a fault of its own. Recordings are kept on this computer.</source>
        <translation>Le programme qui envoie les enregistrements a rencontré une erreur interne. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>The program that speaks to central does not run. Try again in a minute.</source>
        <translation>Le programme qui communique avec le serveur central ne fonctionne pas. Réessayez dans une minute.</translation>
    </message>
    <message>
        <source>The proxy on the way to central asks for another password. Recordings are kept on this computer.</source>
        <translation>Le proxy entre cet ordinateur et le serveur central demande un autre mot de passe. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>The proxy on the way to central does not answer. Recordings are kept on this computer.</source>
        <translation>Le proxy entre cet ordinateur et le serveur central ne répond pas. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>The proxy on the way to central refuses the connection. Recordings are kept on this computer.</source>
        <translation>Le proxy entre cet ordinateur et le serveur central refuse la connexion. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>The recordings on this computer cannot be read. Recordings are kept on this computer.</source>
        <translation>Les enregistrements de cet ordinateur ne peuvent pas être lus. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>The rules for proxies cannot be read; recordings are sent without them.</source>
        <translation>Les règles de proxy sont illisibles ; les enregistrements sont envoyés sans elles.</translation>
    </message>
    <message>
        <source>The rules from central are out of date. They stay in force until new ones come.</source>
        <translation>Les règles du serveur central sont périmées. Elles restent en vigueur jusqu'aux suivantes.</translation>
    </message>
    <message>
        <source>The rules from central cannot be used. The last good ones stay in force.</source>
        <translation>Les règles du serveur central sont inutilisables. Les dernières valables restent en vigueur.</translation>
    </message>
    <message>
        <source>The screen of this call is not recorded</source>
        <translation>L'écran de cet appel n'est pas enregistré</translation>
    </message>
    <message>
        <source>The screen of this call is not recorded. The pause ended with the call before</source>
        <translation>L'écran de cet appel n'est pas enregistré. La suspension a pris fin avec l'appel précédent</translation>
    </message>
    <message>
        <source>The screen of this call is recorded already.</source>
        <translation>L'écran de cet appel est déjà enregistré.</translation>
    </message>
    <message>
        <source>The screen reads as black. The recording would show nothing.</source>
        <translation>L'écran apparaît noir. L'enregistrement ne montrerait rien.</translation>
    </message>
    <message>
        <source>The screens together are too big to record in full size. They are recorded smaller.</source>
        <translation>Ensemble, les écrans sont trop grands pour être enregistrés en taille réelle. Ils sont enregistrés en plus petit.</translation>
    </message>
    <message>
        <source>The state of this call cannot be written down. A restart would lose the pause.</source>
        <translation>L'état de cet appel ne peut pas être noté. Un redémarrage ferait perdre la suspension.</translation>
    </message>
    <message>
        <source>The system did not tell of changes on the screen. The recording shows them late.</source>
        <translation>Le système n'a pas signalé des changements à l'écran. L'enregistrement les montre en retard.</translation>
    </message>
    <message>
        <source>The system does not hand out the picture of the screen. It is not recorded at the moment.</source>
        <translation>Le système ne fournit pas l'image de l'écran. Il n'est pas enregistré pour le moment.</translation>
    </message>
    <message>
        <source>The system does not let Twinreel read the screen.</source>
        <translation>Le système ne laisse pas Twinreel lire l'écran.</translation>
    </message>
    <message>
        <source>There is a problem that has no words yet: {code}.</source>
        <translation>Il y a un problème qui n'a pas encore de description : {code}.</translation>
    </message>
    <message>
        <source>There is no call to pause.</source>
        <translation>Il n'y a pas d'appel à suspendre.</translation>
    </message>
    <message>
        <source>There is no call whose screen could be recorded.</source>
        <translation>Il n'y a pas d'appel dont l'écran puisse être enregistré.</translation>
    </message>
    <message>
        <source>There is no keyring, so recordings cannot be sent.</source>
        <translation>Il n'y a pas de trousseau de clés ; les enregistrements ne peuvent pas être envoyés.</translation>
    </message>
    <message>
        <source>There is no screen to record.</source>
        <translation>Il n'y a pas d'écran à enregistrer.</translation>
    </message>
    <message>
        <source>There was no answer. Try again in a minute.</source>
        <translation>Il n'y a pas eu de réponse. Réessayez dans une minute.</translation>
    </message>
    <message>
        <source>This code is not known. Look at the page again: it may show a new one.</source>
        <translation>Ce code est inconnu. Regardez de nouveau la page : elle en affiche peut-être un autre.</translation>
    </message>
    <message>
        <source>This computer has no certificate yet, so Workspace cannot sign in by HTTPS.</source>
        <translation>Cet ordinateur n'a pas encore de certificat ; Workspace ne peut pas se connecter par HTTPS.</translation>
    </message>
    <message>
        <source>This computer has no keys to seal recordings with. The screen is not recorded.</source>
        <translation>Cet ordinateur n'a pas de clés pour sceller les enregistrements. L'écran n'est pas enregistré.</translation>
    </message>
    <message>
        <source>This computer has not been given its rules yet. Nothing is recorded.</source>
        <translation>Cet ordinateur n'a pas encore reçu ses règles. Rien n'est enregistré.</translation>
    </message>
    <message>
        <source>This computer is not enrolled at central. Recordings are kept on this computer.</source>
        <translation>Cet ordinateur n'est pas inscrit auprès du serveur central. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>This computer is too slow to record every change of the screen. It records fewer.</source>
        <translation>Cet ordinateur est trop lent pour enregistrer chaque changement de l'écran. Il en enregistre moins.</translation>
    </message>
    <message>
        <source>This computer was too busy to record the screen in time.</source>
        <translation>Cet ordinateur était trop occupé pour enregistrer l'écran à temps.</translation>
    </message>
    <message>
        <source>This desktop (Wayland) does not let Twinreel read the screen.</source>
        <translation>Ce bureau (Wayland) ne laisse pas Twinreel lire l'écran.</translation>
    </message>
    <message>
        <source>This network wants a sign-in of its own first. Recordings are kept on this computer.</source>
        <translation>Ce réseau demande d'abord sa propre connexion. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>This version of Twinreel is older than your company wants it to be. It records on.</source>
        <translation>Cette version de Twinreel est plus ancienne que ne le veut votre entreprise. Elle continue d'enregistrer.</translation>
    </message>
    <message>
        <source>Thursday</source>
        <translation>jeudi</translation>
    </message>
    <message>
        <source>Too many codes were wrong. Wait some minutes, then try again.</source>
        <translation>Trop de codes étaient faux. Attendez quelques minutes, puis réessayez.</translation>
    </message>
    <message>
        <source>Too many recordings wait on this computer to be sent. The screen is not recorded.</source>
        <translation>Trop d'enregistrements attendent d'être envoyés sur cet ordinateur. L'écran n'est pas enregistré.</translation>
    </message>
    <message>
        <source>Tuesday</source>
        <translation>mardi</translation>
    </message>
    <message>
        <source>Twinreel has not been set up on this computer yet. Nothing is recorded.</source>
        <translation>Twinreel n'est pas encore configuré sur cet ordinateur. Rien n'est enregistré.</translation>
    </message>
    <message>
        <source>Twinreel is being removed</source>
        <translation>Twinreel est en cours de suppression</translation>
    </message>
    <message>
        <source>Twinreel is being updated</source>
        <translation>Twinreel est en cours de mise à jour</translation>
    </message>
    <message>
        <source>Twinreel was too busy to hear a pause, and stopped recording the screen until it was not.</source>
        <translation>Twinreel était trop occupé pour remarquer une demande de suspension et a cessé d'enregistrer l'écran entre-temps.</translation>
    </message>
    <message>
        <source>Twinreel's page in Workspace shows a code while it is not connected with this computer. Type it here.</source>
        <translation>La page Twinreel dans Workspace affiche un code tant qu'elle n'est pas connectée à cet ordinateur. Saisissez-le ici.</translation>
    </message>
    <message>
        <source>Twinreel's recorder met a fault of its own. The screen is not recorded at the moment.</source>
        <translation>L'enregistreur de Twinreel a rencontré une erreur interne. L'écran n'est pas enregistré pour le moment.</translation>
    </message>
    <message>
        <source>Twinreel's settings on this computer are wrong. Nothing is recorded.</source>
        <translation>Les réglages de Twinreel sur cet ordinateur sont incorrects. Rien n'est enregistré.</translation>
    </message>
    <message>
        <source>Two agents are signed in at this computer. Only the first one's calls are recorded.</source>
        <translation>Deux agents sont connectés à cet ordinateur. Seuls les appels du premier sont enregistrés.</translation>
    </message>
    <message>
        <source>Unlock your keyring, or sign in to the computer again. What was recorded is safe.</source>
        <translation>Déverrouillez votre trousseau de clés, ou ouvrez de nouveau une session sur l'ordinateur. Ce qui a été enregistré est en sécurité.</translation>
    </message>
    <message>
        <source>Voice and screen</source>
        <translation>La voix et l'écran</translation>
    </message>
    <message>
        <source>Voice and screen, until you resume</source>
        <translation>La voix et l'écran, jusqu'à la reprise</translation>
    </message>
    <message>
        <source>Wednesday</source>
        <translation>mercredi</translation>
    </message>
    <message>
        <source>What answers in central's place is not the central we know. Recordings are kept on this computer.</source>
        <translation>Ce qui répond à la place du serveur central n'est pas celui que nous connaissons. Les enregistrements restent sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Windows that must not be recorded cannot be told apart here. The screen is not recorded.</source>
        <translation>Les fenêtres à ne pas enregistrer ne peuvent pas être distinguées ici. L'écran n'est pas enregistré.</translation>
    </message>
    <message>
        <source>Workspace did not pause or resume its voice recording.</source>
        <translation>Workspace n'a pas suspendu ou repris l'enregistrement de la voix.</translation>
    </message>
    <message>
        <source>Workspace is silent. What was being done goes on; no new recording begins.</source>
        <translation>Workspace ne répond plus. Ce qui était en cours continue ; aucun nouvel enregistrement ne commence.</translation>
    </message>
    <message>
        <source>You are asked again at the next start</source>
        <translation>La question vous sera reposée au prochain démarrage</translation>
    </message>
    <message>
        <source>You need not do anything.</source>
        <translation>Vous n'avez rien à faire.</translation>
    </message>
    <message>
        <source>You need not do anything. Closing programs that you do not need helps.</source>
        <translation>Vous n'avez rien à faire. Fermer les programmes inutiles aide.</translation>
    </message>
    <message>
        <source>Your IT department takes it off this computer.</source>
        <translation>Votre service informatique le retire de cet ordinateur.</translation>
    </message>
    <message>
        <source>Your company asks you to read this once.</source>
        <translation>Votre entreprise vous demande de lire ceci une fois.</translation>
    </message>
    <message>
        <source>Your company's notice</source>
        <translation>Avis de votre entreprise</translation>
    </message>
    <message>
        <source>Your name and the time are noted</source>
        <translation>Votre nom et l'heure sont notés</translation>
    </message>
    <message>
        <source>Your rules do not let you pause.</source>
        <translation>Vos règles ne vous permettent pas de suspendre l'enregistrement.</translation>
    </message>
    <message>
        <source>Your rules do not let you record a call by choice.</source>
        <translation>Vos règles ne vous permettent pas d'enregistrer un appel de votre propre initiative.</translation>
    </message>
    <message>
        <source>for {length}</source>
        <translation>depuis {length}</translation>
    </message>
    <message>
        <source>less than a minute</source>
        <translation>moins d'une minute</translation>
    </message>
    <message>
        <source>{count} minutes</source>
        <translation>{count} minutes</translation>
    </message>
    <message>
        <source>{count} more problems: see the status window</source>
        <translation>{count} autres problèmes : voir la fenêtre d'état</translation>
    </message>
</context>
</TS>
