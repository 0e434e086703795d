<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>Twinreel</name>
    <message>
        <source>&amp;About Twinreel</source>
        <translation>&amp;Acerca de Twinreel</translation>
    </message>
    <message>
        <source>&amp;Code:</source>
        <translation>&amp;Código:</translation>
    </message>
    <message>
        <source>&amp;Diagnostics…</source>
        <translation>&amp;Diagnóstico…</translation>
    </message>
    <message>
        <source>&amp;I have read this</source>
        <translation>&amp;He leído este texto</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>&amp;Más tarde</translation>
    </message>
    <message>
        <source>&amp;Open folder</source>
        <translation>&amp;Abrir la carpeta</translation>
    </message>
    <message>
        <source>&amp;Pause recording</source>
        <translation>&amp;Pausar la grabación</translation>
    </message>
    <message>
        <source>&amp;Quit Twinreel</source>
        <translation>&amp;Salir de Twinreel</translation>
    </message>
    <message>
        <source>&amp;Resume recording</source>
        <translation>&amp;Reanudar la grabación</translation>
    </message>
    <message>
        <source>&amp;Send 1 waiting recording now</source>
        <translation>&amp;Enviar ahora 1 grabación pendiente</translation>
    </message>
    <message>
        <source>&amp;Send {count} waiting recordings now</source>
        <translation>&amp;Enviar ahora {count} grabaciones pendientes</translation>
    </message>
    <message>
        <source>1 minute</source>
        <translation>1 minuto</translation>
    </message>
    <message>
        <source>1 more problem: see the status window</source>
        <translation>1 problema más: vea la ventana de estado</translation>
    </message>
    <message>
        <source>A copy of this computer has signed in at central in its place. Recordings are kept on this computer.</source>
        <translation>Una copia de este equipo ha iniciado sesión en su lugar en el servidor central. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>A recording is running. It will be ended here and kept; the rest of this call will not be recorded.</source>
        <translation>Hay una grabación en curso. Terminará aquí y se conservará; el resto de esta llamada no se grabará.</translation>
    </message>
    <message>
        <source>About Twinreel</source>
        <translation>Acerca de Twinreel</translation>
    </message>
    <message>
        <source>After-call work</source>
        <translation>Trabajo posterior</translation>
    </message>
    <message>
        <source>All recordings are sent</source>
        <translation>Todas las grabaciones están enviadas</translation>
    </message>
    <message>
        <source>Allow screen recording for Twinreel in the system's privacy settings.</source>
        <translation>Permita a Twinreel grabar la pantalla en los ajustes de privacidad del sistema.</translation>
    </message>
    <message>
        <source>An update of Twinreel waits for the end of this call.</source>
        <translation>Una actualización de Twinreel espera el final de esta llamada.</translation>
    </message>
    <message>
        <source>Another program uses the key combination that pauses recording. It does not pause now.</source>
        <translation>Otro programa usa la combinación de teclas que pausa la grabación. Ahora no pausa nada.</translation>
    </message>
    <message>
        <source>Another program uses the port at which Workspace signs in.</source>
        <translation>Otro programa usa el puerto en el que Workspace inicia sesión.</translation>
    </message>
    <message>
        <source>Asking central…</source>
        <translation>Preguntando al servidor central…</translation>
    </message>
    <message>
        <source>C&amp;lose</source>
        <translation>C&amp;errar</translation>
    </message>
    <message>
        <source>C&amp;onnect</source>
        <translation>C&amp;onectar</translation>
    </message>
    <message>
        <source>Call {call}, not recorded</source>
        <translation>Llamada {call}, no se graba</translation>
    </message>
    <message>
        <source>Call {call}, paused for {length}</source>
        <translation>Llamada {call}, en pausa desde hace {length}</translation>
    </message>
    <message>
        <source>Call {call}, recording for {length}</source>
        <translation>Llamada {call}, grabando desde hace {length}</translation>
    </message>
    <message>
        <source>Central answers what makes no sense. Recordings are kept on this computer.</source>
        <translation>El servidor central responde algo sin sentido. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>Central cannot be reached at the moment. Try again later.</source>
        <translation>No se puede contactar con el servidor central en este momento. Inténtelo más tarde.</translation>
    </message>
    <message>
        <source>Central cannot be reached. Recordings are kept on this computer until it can.</source>
        <translation>No se puede contactar con el servidor central. Mientras tanto, las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>Central cannot take recordings at the moment. They are kept on this computer.</source>
        <translation>El servidor central no puede recibir grabaciones en este momento. Se conservan en este equipo.</translation>
    </message>
    <message>
        <source>Central does not accept this computer's certificate. Recordings are kept on this computer.</source>
        <translation>El servidor central no acepta el certificado de este equipo. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>Central does not accept this computer. Recordings are kept on this computer.</source>
        <translation>El servidor central no acepta este equipo. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>Central does not accept what this computer sends. Recordings are kept on this computer.</source>
        <translation>El servidor central no acepta lo que envía este equipo. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>Central does not let this computer connect a page. Call your IT department.</source>
        <translation>El servidor central no permite que este equipo conecte una página. Llame a su departamento de informática.</translation>
    </message>
    <message>
        <source>Central refused a recording. It is set aside on this computer.</source>
        <translation>El servidor central rechazó una grabación. Queda apartada en este equipo.</translation>
    </message>
    <message>
        <source>Central's receipt does not match what was sent. Recordings are kept on this computer.</source>
        <translation>El recibo del servidor central no coincide con lo enviado. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>Check that Workspace still works, and reload it if it does not.</source>
        <translation>Compruebe que Workspace sigue funcionando; si no, vuelva a cargarlo.</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Código</translation>
    </message>
    <message>
        <source>Code for IT: {code}</source>
        <translation>Código para informática: {code}</translation>
    </message>
    <message>
        <source>Connect &amp;Workspace page…</source>
        <translation>Conectar la página de &amp;Workspace…</translation>
    </message>
    <message>
        <source>Connect Workspace page</source>
        <translation>Conectar la página de Workspace</translation>
    </message>
    <message>
        <source>Diagnostics</source>
        <translation>Diagnóstico</translation>
    </message>
    <message>
        <source>Do not switch the computer off. If this stays for more than a minute, call IT.</source>
        <translation>No apague el equipo. Si dura más de un minuto, llame a informática.</translation>
    </message>
    <message>
        <source>Enter the code that Twinreel's page in Workspace shows</source>
        <translation>Escriba el código que muestra la página de Twinreel en Workspace</translation>
    </message>
    <message>
        <source>Free some space on this computer, or call your IT department.</source>
        <translation>Libere espacio en este equipo o llame a su departamento de informática.</translation>
    </message>
    <message>
        <source>Free some space on this computer, or call your IT department. What was recorded is safe.</source>
        <translation>Libere espacio en este equipo o llame a su departamento de informática. Lo grabado está a salvo.</translation>
    </message>
    <message>
        <source>Friday</source>
        <translation>viernes</translation>
    </message>
    <message>
        <source>Have the computer set its time by itself, or call IT.</source>
        <translation>Deje que el equipo ajuste la hora por sí mismo o llame a informática.</translation>
    </message>
    <message>
        <source>It comes back by itself. You need not do anything.</source>
        <translation>Vuelve por sí solo. No tiene que hacer nada.</translation>
    </message>
    <message>
        <source>It goes on by itself. If this comes again, call IT.</source>
        <translation>Continúa por sí solo. Si se repite, llame a informática.</translation>
    </message>
    <message>
        <source>It is paused already.</source>
        <translation>Ya está en pausa.</translation>
    </message>
    <message>
        <source>It is started again by itself. What was recorded is safe.</source>
        <translation>Se reinicia por sí solo. Lo grabado está a salvo.</translation>
    </message>
    <message>
        <source>It is tried again by itself. If this stays for more than a minute, call IT.</source>
        <translation>Se vuelve a intentar por sí solo. Si dura más de un minuto, llame a informática.</translation>
    </message>
    <message>
        <source>It mends itself, and the recording goes on. Closing programs that you do not need helps.</source>
        <translation>Se arregla por sí solo y la grabación continúa. Ayuda cerrar los programas que no necesite.</translation>
    </message>
    <message>
        <source>It mends itself, and the recording goes on. If it stays, call IT.</source>
        <translation>Se arregla por sí solo y la grabación continúa. Si persiste, llame a informática.</translation>
    </message>
    <message>
        <source>Log: {path}</source>
        <translation>Registro: {path}</translation>
    </message>
    <message>
        <source>Logged out at the telephone</source>
        <translation>Sesión cerrada en el teléfono</translation>
    </message>
    <message>
        <source>Looking at how Twinreel is…</source>
        <translation>Examinando el estado de Twinreel…</translation>
    </message>
    <message>
        <source>Monday</source>
        <translation>lunes</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>Requiere atención</translation>
    </message>
    <message>
        <source>Nobody is signed in.</source>
        <translation>Nadie ha iniciado sesión.</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>No se ha hecho</translation>
    </message>
    <message>
        <source>Nothing is paused.</source>
        <translation>No hay nada en pausa.</translation>
    </message>
    <message>
        <source>Nothing is recorded until it is started again</source>
        <translation>No se graba nada hasta que se inicie de nuevo</translation>
    </message>
    <message>
        <source>Open any page in the browser and sign in to the network.</source>
        <translation>Abra cualquier página en el navegador e inicie sesión en la red.</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausar</translation>
    </message>
    <message>
        <source>Pause or resume the recording in Workspace itself.</source>
        <translation>Pause o reanude la grabación en el propio Workspace.</translation>
    </message>
    <message>
        <source>Pause with Twinreel's icon. Tell your IT department, and give them the code.</source>
        <translation>Pause con el icono de Twinreel. Avise a su departamento de informática y dele el código.</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>En pausa</translation>
    </message>
    <message>
        <source>Paused while the screen is locked</source>
        <translation>En pausa mientras la pantalla está bloqueada</translation>
    </message>
    <message>
        <source>Paused: neither voice nor screen is recorded</source>
        <translation>En pausa: no se graban ni la voz ni la pantalla</translation>
    </message>
    <message>
        <source>Paused: the screen cannot be read</source>
        <translation>En pausa: no se puede leer la pantalla</translation>
    </message>
    <message>
        <source>Paused: the voice of this call is not recorded</source>
        <translation>En pausa: no se graba la voz de esta llamada</translation>
    </message>
    <message>
        <source>Please read: how your work is recorded</source>
        <translation>Lea esto: cómo se graba su trabajo</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Listo</translation>
    </message>
    <message>
        <source>Ready, sending recordings</source>
        <translation>Listo, enviando grabaciones</translation>
    </message>
    <message>
        <source>Reconnect your remote session, or wake the monitors. If it stays, call IT.</source>
        <translation>Reconecte su sesión remota o active los monitores. Si persiste, llame a informática.</translation>
    </message>
    <message>
        <source>Record neither voice nor screen until you resume</source>
        <translation>No grabar ni la voz ni la pantalla hasta que reanude</translation>
    </message>
    <message>
        <source>Record the screen of the present call, though it was not selected</source>
        <translation>Grabar la pantalla de la llamada actual, aunque no haya sido seleccionada</translation>
    </message>
    <message>
        <source>Record this &amp;call's screen</source>
        <translation>Grabar la pantalla de esta &amp;llamada</translation>
    </message>
    <message>
        <source>Record voice and screen again</source>
        <translation>Grabar de nuevo la voz y la pantalla</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Grabando</translation>
    </message>
    <message>
        <source>Recording after-call work</source>
        <translation>Grabando el trabajo posterior a la llamada</translation>
    </message>
    <message>
        <source>Recording has been paused for {length}. Resume it in the menu of the icon.</source>
        <translation>La grabación está en pausa desde hace {length}. Reanúdela en el menú del icono.</translation>
    </message>
    <message>
        <source>Recording the screen of after-call work</source>
        <translation>Se graba la pantalla del trabajo posterior a la llamada</translation>
    </message>
    <message>
        <source>Recording the screen of this call</source>
        <translation>Se graba la pantalla de esta llamada</translation>
    </message>
    <message>
        <source>Recording the screen of this call. The pause ended with the call before</source>
        <translation>Se graba la pantalla de esta llamada. La pausa terminó con la llamada anterior</translation>
    </message>
    <message>
        <source>Recordings are not sent while the network costs by the byte</source>
        <translation>Las grabaciones no se envían mientras la red se cobre por volumen de datos</translation>
    </message>
    <message>
        <source>Recordings are sent after the call</source>
        <translation>Las grabaciones se envían después de la llamada</translation>
    </message>
    <message>
        <source>Recordings are sent after you have signed out</source>
        <translation>Las grabaciones se envían después de que cierre la sesión</translation>
    </message>
    <message>
        <source>Recordings are sent at the time that central says</source>
        <translation>Las grabaciones se envían a la hora que fija el servidor central</translation>
    </message>
    <message>
        <source>Recordings are sent from {time} on</source>
        <translation>Las grabaciones se envían a partir de: {time}</translation>
    </message>
    <message>
        <source>Recordings are sent when the battery is charged</source>
        <translation>Las grabaciones se envían cuando la batería esté cargada</translation>
    </message>
    <message>
        <source>Recordings that wait are sent first. This takes some seconds.</source>
        <translation>Primero se envían las grabaciones pendientes. Tardará unos segundos.</translation>
    </message>
    <message>
        <source>Records the screen of selected calls, from the answer to the end of after-call work, for your company's contact center.</source>
        <translation>Graba, para el centro de contacto de su empresa, la pantalla de las llamadas seleccionadas, desde que se contestan hasta el final del trabajo posterior.</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Reanudar</translation>
    </message>
    <message>
        <source>Saturday</source>
        <translation>sábado</translation>
    </message>
    <message>
        <source>Save a file for IT that tells how Twinreel is, without personal data</source>
        <translation>Guardar un archivo para informática que describe el estado de Twinreel, sin datos personales</translation>
    </message>
    <message>
        <source>Saved at {path}</source>
        <translation>Guardado en {path}</translation>
    </message>
    <message>
        <source>Sending 1 recording, {percent} %</source>
        <translation>Enviando 1 grabación, {percent} %</translation>
    </message>
    <message>
        <source>Sending {count} recordings, {percent} %</source>
        <translation>Enviando {count} grabaciones, {percent} %</translation>
    </message>
    <message>
        <source>Sign in at a screen of this computer. If you did, call IT.</source>
        <translation>Inicie sesión en una pantalla de este equipo. Si ya lo hizo, llame a informática.</translation>
    </message>
    <message>
        <source>Sign out in the Workspace that is not yours.</source>
        <translation>Cierre la sesión del Workspace que no es suyo.</translation>
    </message>
    <message>
        <source>Sign out, and choose an Xorg session when you sign in again.</source>
        <translation>Cierre la sesión y elija una sesión Xorg al iniciarla de nuevo.</translation>
    </message>
    <message>
        <source>Signed in to Workspace as {agent}</source>
        <translation>Sesión de Workspace iniciada como {agent}</translation>
    </message>
    <message>
        <source>Signed out</source>
        <translation>Sin sesión</translation>
    </message>
    <message>
        <source>Signing off</source>
        <translation>Cierre de sesión</translation>
    </message>
    <message>
        <source>Some of your own settings of Twinreel are wrong. They are passed over, and it records on.</source>
        <translation>Algunos de sus propios ajustes de Twinreel son erróneos. Se pasan por alto y se sigue grabando.</translation>
    </message>
    <message>
        <source>Something needs attention</source>
        <translation>Algo requiere atención</translation>
    </message>
    <message>
        <source>Something went wrong inside Twinreel. It goes on as well as it can.</source>
        <translation>Algo falló dentro de Twinreel. Continúa lo mejor que puede.</translation>
    </message>
    <message>
        <source>Still paused</source>
        <translation>Sigue en pausa</translation>
    </message>
    <message>
        <source>Sunday</source>
        <translation>domingo</translation>
    </message>
    <message>
        <source>Tell your IT department, and give them the code.</source>
        <translation>Avise a su departamento de informática y dele el código.</translation>
    </message>
    <message>
        <source>Tell your IT department, and give them the code. Twinreel starts by itself when that is mended.</source>
        <translation>Avise a su departamento de informática y dele el código. Twinreel se inicia solo en cuanto se corrija.</translation>
    </message>
    <message>
        <source>Tell your IT department: the computer must be enrolled.</source>
        <translation>Avise a su departamento de informática: hay que dar de alta el equipo.</translation>
    </message>
    <message>
        <source>That call is not paused.</source>
        <translation>Esa llamada no está en pausa.</translation>
    </message>
    <message>
        <source>That call is over.</source>
        <translation>Esa llamada ha terminado.</translation>
    </message>
    <message>
        <source>The call's id is {call}</source>
        <translation>El identificador de la llamada es {call}</translation>
    </message>
    <message>
        <source>The certificate by which Workspace signs in cannot be read.</source>
        <translation>No se puede leer el certificado con el que Workspace inicia sesión.</translation>
    </message>
    <message>
        <source>The certificate by which Workspace signs in is out of date.</source>
        <translation>El certificado con el que Workspace inicia sesión ha caducado.</translation>
    </message>
    <message>
        <source>The certificate by which Workspace signs in will soon be out of date.</source>
        <translation>El certificado con el que Workspace inicia sesión caducará pronto.</translation>
    </message>
    <message>
        <source>The certificate that this computer shows central cannot be used. Recordings are kept on this computer.</source>
        <translation>El certificado que este equipo presenta al servidor central no se puede utilizar. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>The clock of this computer is wrong by more than a minute. Recordings are placed by central's clock.</source>
        <translation>El reloj de este equipo se desvía más de un minuto. Las grabaciones siguen el reloj del servidor central.</translation>
    </message>
    <message>
        <source>The clock of this computer was set during the recording.</source>
        <translation>El reloj de este equipo se cambió durante la grabación.</translation>
    </message>
    <message>
        <source>The connection to central is not to be trusted. Recordings are kept on this computer.</source>
        <translation>La conexión con el servidor central no es de confianza. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>The disk does not take the recording. The screen is not recorded.</source>
        <translation>El disco no admite la grabación. La pantalla no se graba.</translation>
    </message>
    <message>
        <source>The disk is nearly full. The screen is not recorded.</source>
        <translation>El disco está casi lleno. La pantalla no se graba.</translation>
    </message>
    <message>
        <source>The disk takes the recording only slowly. If the computer failed now, some would be lost.</source>
        <translation>El disco admite la grabación muy despacio. Si el equipo fallara ahora, se perdería una parte.</translation>
    </message>
    <message>
        <source>The file could not be saved: {reason}</source>
        <translation>No se pudo guardar el archivo: {reason}</translation>
    </message>
    <message>
        <source>The file holds versions, settings, rules, the state of the screen and the last lines of the logs. It holds no names, numbers, passwords or pictures.</source>
        <translation>El archivo contiene versiones, ajustes, reglas, el estado de la pantalla y las últimas líneas de los registros. No contiene nombres, números, contraseñas ni imágenes.</translation>
    </message>
    <message>
        <source>The key combination that pauses recording does not work on this computer.</source>
        <translation>La combinación de teclas que pausa la grabación no funciona en este equipo.</translation>
    </message>
    <message>
        <source>The keyring does not answer, so recordings cannot be sent.</source>
        <translation>El llavero no responde, así que no se pueden enviar las grabaciones.</translation>
    </message>
    <message>
        <source>The keyring is locked, so recordings cannot be sent.</source>
        <translation>El llavero está bloqueado, así que no se pueden enviar las grabaciones.</translation>
    </message>
    <message>
        <source>The keyring was refused to us, so recordings cannot be sent.</source>
        <translation>Se nos negó el acceso al llavero, así que no se pueden enviar las grabaciones.</translation>
    </message>
    <message>
        <source>The page is connected.</source>
        <translation>La página está conectada.</translation>
    </message>
    <message>
        <source>The picture of the screen cannot be encoded. It is not recorded at the moment.</source>
        <translation>No se puede codificar la imagen de la pantalla. No se graba en este momento.</translation>
    </message>
    <message>
        <source>The program that sends recordings does not run.</source>
        <translation>El programa que envía las grabaciones no está en marcha.</translation>
    </message>
    <message>
        <source>The program that sends recordings met a fault of its own. Recordings are kept on this computer.</source>
        <translation>El programa que envía las grabaciones tuvo un fallo propio. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>The program that speaks to central does not run. Try again in a minute.</source>
        <translation>El programa que se comunica con el servidor central no está en marcha. Inténtelo en un minuto.</translation>
    </message>
    <message>
        <source>The proxy on the way to central asks for another password. Recordings are kept on this computer.</source>
        <translation>El proxy que lleva al servidor central pide otra contraseña. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>The proxy on the way to central does not answer. Recordings are kept on this computer.</source>
        <translation>El proxy que lleva al servidor central no responde. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>The proxy on the way to central refuses the connection. Recordings are kept on this computer.</source>
        <translation>El proxy que lleva al servidor central rechaza la conexión. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>The recordings on this computer cannot be read. Recordings are kept on this computer.</source>
        <translation>No se pueden leer las grabaciones de este equipo. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>The rules for proxies cannot be read; recordings are sent without them.</source>
        <translation>No se pueden leer las reglas de proxy; las grabaciones se envían sin ellas.</translation>
    </message>
    <message>
        <source>The rules from central are out of date. They stay in force until new ones come.</source>
        <translation>Las reglas del servidor central han caducado. Siguen vigentes hasta que lleguen otras.</translation>
    </message>
    <message>
        <source>The rules from central cannot be used. The last good ones stay in force.</source>
        <translation>Las reglas del servidor central no se pueden usar. Siguen vigentes las últimas válidas.</translation>
    </message>
    <message>
        <source>The screen of this call is not recorded</source>
        <translation>La pantalla de esta llamada no se graba</translation>
    </message>
    <message>
        <source>The screen of this call is not recorded. The pause ended with the call before</source>
        <translation>La pantalla de esta llamada no se graba. La pausa terminó con la llamada anterior</translation>
    </message>
    <message>
        <source>The screen of this call is recorded already.</source>
        <translation>La pantalla de esta llamada ya se graba.</translation>
    </message>
    <message>
        <source>The screen reads as black. The recording would show nothing.</source>
        <translation>La pantalla aparece en negro. La grabación no mostraría nada.</translation>
    </message>
    <message>
        <source>The screens together are too big to record in full size. They are recorded smaller.</source>
        <translation>Las pantallas juntas son demasiado grandes para grabarlas a tamaño completo. Se graban más pequeñas.</translation>
    </message>
    <message>
        <source>The state of this call cannot be written down. A restart would lose the pause.</source>
        <translation>No se puede anotar el estado de esta llamada. Con un reinicio se perdería la pausa.</translation>
    </message>
    <message>
        <source>The system did not tell of changes on the screen. The recording shows them late.</source>
        <translation>El sistema no avisó de cambios en la pantalla. La grabación los muestra con retraso.</translation>
    </message>
    <message>
        <source>The system does not hand out the picture of the screen. It is not recorded at the moment.</source>
        <translation>El sistema no entrega la imagen de la pantalla. No se graba en este momento.</translation>
    </message>
    <message>
        <source>The system does not let Twinreel read the screen.</source>
        <translation>El sistema no permite que Twinreel lea la pantalla.</translation>
    </message>
    <message>
        <source>There is a problem that has no words yet: {code}.</source>
        <translation>Hay un problema que aún no tiene descripción: {code}.</translation>
    </message>
    <message>
        <source>There is no call to pause.</source>
        <translation>No hay ninguna llamada que pausar.</translation>
    </message>
    <message>
        <source>There is no call whose screen could be recorded.</source>
        <translation>No hay ninguna llamada cuya pantalla se pueda grabar.</translation>
    </message>
    <message>
        <source>There is no keyring, so recordings cannot be sent.</source>
        <translation>No hay llavero, así que no se pueden enviar las grabaciones.</translation>
    </message>
    <message>
        <source>There is no screen to record.</source>
        <translation>No hay ninguna pantalla que grabar.</translation>
    </message>
    <message>
        <source>There was no answer. Try again in a minute.</source>
        <translation>No hubo respuesta. Inténtelo de nuevo en un minuto.</translation>
    </message>
    <message>
        <source>This code is not known. Look at the page again: it may show a new one.</source>
        <translation>Este código no se conoce. Mire otra vez la página: puede que muestre uno nuevo.</translation>
    </message>
    <message>
        <source>This computer has no certificate yet, so Workspace cannot sign in by HTTPS.</source>
        <translation>Este equipo aún no tiene certificado, así que Workspace no puede iniciar sesión por HTTPS.</translation>
    </message>
    <message>
        <source>This computer has no keys to seal recordings with. The screen is not recorded.</source>
        <translation>Este equipo no tiene claves para sellar las grabaciones. La pantalla no se graba.</translation>
    </message>
    <message>
        <source>This computer has not been given its rules yet. Nothing is recorded.</source>
        <translation>Este equipo aún no ha recibido sus reglas. No se graba nada.</translation>
    </message>
    <message>
        <source>This computer is not enrolled at central. Recordings are kept on this computer.</source>
        <translation>Este equipo no está dado de alta en el servidor central. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>This computer is too slow to record every change of the screen. It records fewer.</source>
        <translation>Este equipo es demasiado lento para grabar cada cambio de la pantalla. Graba menos.</translation>
    </message>
    <message>
        <source>This computer was too busy to record the screen in time.</source>
        <translation>Este equipo estaba demasiado ocupado para grabar la pantalla a tiempo.</translation>
    </message>
    <message>
        <source>This desktop (Wayland) does not let Twinreel read the screen.</source>
        <translation>Este escritorio (Wayland) no permite que Twinreel lea la pantalla.</translation>
    </message>
    <message>
        <source>This network wants a sign-in of its own first. Recordings are kept on this computer.</source>
        <translation>Esta red pide antes su propio inicio de sesión. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>This version of Twinreel is older than your company wants it to be. It records on.</source>
        <translation>Esta versión de Twinreel es más antigua de lo que quiere su empresa. Sigue grabando.</translation>
    </message>
    <message>
        <source>Thursday</source>
        <translation>jueves</translation>
    </message>
    <message>
        <source>Too many codes were wrong. Wait some minutes, then try again.</source>
        <translation>Demasiados códigos eran erróneos. Espere unos minutos e inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Too many recordings wait on this computer to be sent. The screen is not recorded.</source>
        <translation>En este equipo esperan demasiadas grabaciones para enviarse. La pantalla no se graba.</translation>
    </message>
    <message>
        <source>Tuesday</source>
        <translation>martes</translation>
    </message>
    <message>
        <source>Twinreel has not been set up on this computer yet. Nothing is recorded.</source>
        <translation>Twinreel aún no está configurado en este equipo. No se graba nada.</translation>
    </message>
    <message>
        <source>Twinreel is being removed</source>
        <translation>Se está quitando Twinreel</translation>
    </message>
    <message>
        <source>Twinreel is being updated</source>
        <translation>Se está actualizando Twinreel</translation>
    </message>
    <message>
        <source>Twinreel was too busy to hear a pause, and stopped recording the screen until it was not.</source>
        <translation>Twinreel estaba demasiado ocupado para atender una pausa y mientras tanto dejó de grabar la pantalla.</translation>
    </message>
    <message>
        <source>Twinreel's page in Workspace shows a code while it is not connected with this computer. Type it here.</source>
        <translation>La página de Twinreel en Workspace muestra un código mientras no está conectada con este equipo. Escríbalo aquí.</translation>
    </message>
    <message>
        <source>Twinreel's recorder met a fault of its own. The screen is not recorded at the moment.</source>
        <translation>La grabadora de Twinreel tuvo un fallo propio. La pantalla no se graba en este momento.</translation>
    </message>
    <message>
        <source>Twinreel's settings on this computer are wrong. Nothing is recorded.</source>
        <translation>Los ajustes de Twinreel en este equipo son incorrectos. No se graba nada.</translation>
    </message>
    <message>
        <source>Two agents are signed in at this computer. Only the first one's calls are recorded.</source>
        <translation>Dos agentes han iniciado sesión en este equipo. Solo se graban las llamadas del primero.</translation>
    </message>
    <message>
        <source>Unlock your keyring, or sign in to the computer again. What was recorded is safe.</source>
        <translation>Desbloquee su llavero o vuelva a iniciar sesión en el equipo. Lo grabado está a salvo.</translation>
    </message>
    <message>
        <source>Voice and screen</source>
        <translation>Voz y pantalla</translation>
    </message>
    <message>
        <source>Voice and screen, until you resume</source>
        <translation>Voz y pantalla, hasta que reanude</translation>
    </message>
    <message>
        <source>Wednesday</source>
        <translation>miércoles</translation>
    </message>
    <message>
        <source>What answers in central's place is not the central we know. Recordings are kept on this computer.</source>
        <translation>Lo que responde en lugar del servidor central no es el que conocemos. Las grabaciones se conservan en este equipo.</translation>
    </message>
    <message>
        <source>Windows that must not be recorded cannot be told apart here. The screen is not recorded.</source>
        <translation>Aquí no se distinguen las ventanas que no deben grabarse. La pantalla no se graba.</translation>
    </message>
    <message>
        <source>Workspace did not pause or resume its voice recording.</source>
        <translation>Workspace no pausó o no reanudó la grabación de voz.</translation>
    </message>
    <message>
        <source>Workspace is silent. What was being done goes on; no new recording begins.</source>
        <translation>Workspace no da señales. Lo que estaba en curso continúa; no empieza ninguna grabación nueva.</translation>
    </message>
    <message>
        <source>You are asked again at the next start</source>
        <translation>Se le volverá a preguntar en el próximo inicio</translation>
    </message>
    <message>
        <source>You need not do anything.</source>
        <translation>No tiene que hacer nada.</translation>
    </message>
    <message>
        <source>You need not do anything. Closing programs that you do not need helps.</source>
        <translation>No tiene que hacer nada. Ayuda cerrar los programas que no necesite.</translation>
    </message>
    <message>
        <source>Your IT department takes it off this computer.</source>
        <translation>Su departamento de informática lo quita de este ordenador.</translation>
    </message>
    <message>
        <source>Your company asks you to read this once.</source>
        <translation>Su empresa le pide que lea esto una vez.</translation>
    </message>
    <message>
        <source>Your company's notice</source>
        <translation>Aviso de su empresa</translation>
    </message>
    <message>
        <source>Your name and the time are noted</source>
        <translation>Se anotan su nombre y la hora</translation>
    </message>
    <message>
        <source>Your rules do not let you pause.</source>
        <translation>Sus reglas no le permiten pausar la grabación.</translation>
    </message>
    <message>
        <source>Your rules do not let you record a call by choice.</source>
        <translation>Sus reglas no le permiten grabar una llamada por decisión propia.</translation>
    </message>
    <message>
        <source>for {length}</source>
        <translation>desde hace {length}</translation>
    </message>
    <message>
        <source>less than a minute</source>
        <translation>menos de un minuto</translation>
    </message>
    <message>
        <source>{count} minutes</source>
        <translation>{count} minutos</translation>
    </message>
    <message>
        <source>{count} more problems: see the status window</source>
        <translation>{count} problemas más: vea la ventana de estado</translation>
    </message>
</context>
</TS>
