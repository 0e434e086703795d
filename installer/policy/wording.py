"""What the templates say in each language. The keys' own help is English everywhere.

Titles of keys stand here by the key's name; English ones come from the key itself. A key without a
title in a language shows its English one, and a test asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from contract.desk_keys import Key

ENGLISH = "en-US"


@dataclass(frozen=True, slots=True)
class Wording:
    """One language of the templates."""

    culture: str  # of the folder: "de-DE"
    description: str  # of the whole file
    supported: str
    on: str
    yes_no: tuple[str, str]
    key: str  # "Key: {name}"
    unset: str  # "Not configured: {otherwise}"
    unset_default: str  # "Not configured: whatever is set elsewhere, else {default}"
    bounds: str  # "From {least} to {most}."
    one_a_line: str
    example: str
    sections: dict[str, str]
    titles: dict[str, str]

    def title(self, key: Key) -> str:
        """Of a key."""
        return self.titles.get(key.name, key.title)

    def section(self, name: str) -> str:
        """Of a table of the configuration."""
        return self.sections.get(name, name)


_EN = Wording(
    culture=ENGLISH,
    description="Policies for Twinreel, the voice and screen recorder. A policy that is enabled "
    "here cannot be changed on the computer.",
    supported="Twinreel on Windows 10 or newer",
    on="Enabled: yes. Disabled: no.",
    yes_no=("yes", "no"),
    key="Key: {name}",
    unset="Not configured: what is set elsewhere on the computer counts.",
    unset_default="Not configured: what is set elsewhere on the computer counts, else: {default}",
    bounds="From {least} to {most}.",
    one_a_line="One a line.",
    example="Example: {example}",
    sections={
        "central": "Central",
        "network": "Network",
        "service": "Computer's uploader",
        "enrolment": "Enrolment",
        "workspace": "Workspace",
        "upgrade": "Upgrades",
    },
    titles={},
)
_DE = Wording(
    culture="de-DE",
    description="Richtlinien für Twinreel, den Sprach- und Bildschirmrekorder. Was hier aktiviert "
    "ist, lässt sich am Computer nicht ändern.",
    supported="Twinreel unter Windows 10 oder neuer",
    on="Aktiviert: ja. Deaktiviert: nein.",
    yes_no=("ja", "nein"),
    key="Schlüssel: {name}",
    unset="Nicht konfiguriert: Es gilt, was am Computer sonst eingestellt ist.",
    unset_default="Nicht konfiguriert: Es gilt, was am Computer sonst eingestellt ist, sonst: "
    "{default}",
    bounds="Von {least} bis {most}.",
    one_a_line="Eins je Zeile.",
    example="Beispiel: {example}",
    sections={
        "central": "Zentrale",
        "network": "Netzwerk",
        "service": "Uploader des Computers",
        "enrolment": "Anmeldung an der Zentrale",
        "workspace": "Workspace",
        "upgrade": "Aktualisierungen",
    },
    titles={
        "state_dir": "Ordner je Benutzer",
        "log_level": "Umfang der Protokolle",
        "language": "Sprache",
        "central.url": "Adresse der Zentrale",
        "central.peer_url": "Zweite Adresse der Zentrale",
        "central.site_ca": "Weitere vertrauenswürdige Zertifizierungsstellen",
        "network.proxy": "Proxy",
        "network.pac_url": "Datei mit Proxyregeln (PAC)",
        "network.proxy_user": "Benutzer am Proxy",
        "network.client_certificate": "Zertifikat für die Zentrale",
        "network.client_key": "Schlüssel dieses Zertifikats",
        "service.state_dir": "Ordner des Uploaders des Computers",
        "enrolment.token": "Anmeldetoken",
        "workspace.loopback_ports": "Ports für Workspace",
        "workspace.https_ports": "HTTPS-Ports für Workspace",
        "workspace.loopback_host": "Loopback-Adresse",
        "workspace.https_certificate": "Zertifikat für localhost",
        "workspace.https_key": "Schlüssel des Zertifikats für localhost",
        "workspace.other_users": "Programme anderer Benutzer zulassen",
        "workspace.gws_url": "Genesys Web Services",
        "workspace.gws_api": "Version der Genesys Web Services",
        "workspace.client_id": "Client-ID bei Genesys",
        "workspace.client_secret": "Client-Geheimnis bei Genesys",
        "upgrade.wait_minutes": "Wartezeit einer Aktualisierung in Minuten",
    },
)
_FR = Wording(
    culture="fr-FR",
    description="Stratégies de Twinreel, l'enregistreur de voix et d'écran. Ce qui est activé ici "
    "ne peut pas être modifié sur l'ordinateur.",
    supported="Twinreel sous Windows 10 ou version ultérieure",
    on="Activé : oui. Désactivé : non.",
    yes_no=("oui", "non"),
    key="Clé : {name}",
    unset="Non configuré : le réglage fait ailleurs sur l'ordinateur s'applique.",
    unset_default="Non configuré : le réglage fait ailleurs sur l'ordinateur s'applique, sinon : "
    "{default}",
    bounds="De {least} à {most}.",
    one_a_line="Un par ligne.",
    example="Exemple : {example}",
    sections={
        "central": "Serveur central",
        "network": "Réseau",
        "service": "Service d'envoi de l'ordinateur",
        "enrolment": "Inscription",
        "workspace": "Workspace",
        "upgrade": "Mises à niveau",
    },
    titles={
        "state_dir": "Dossier de chaque utilisateur",
        "log_level": "Niveau de détail des journaux",
        "language": "Langue",
        "central.url": "Adresse du serveur central",
        "central.peer_url": "Seconde adresse du serveur central",
        "central.site_ca": "Autres autorités de confiance",
        "network.proxy": "Proxy",
        "network.pac_url": "Fichier de règles de proxy (PAC)",
        "network.proxy_user": "Utilisateur du proxy",
        "network.client_certificate": "Certificat présenté au serveur central",
        "network.client_key": "Clé de ce certificat",
        "service.state_dir": "Dossier du service d'envoi de l'ordinateur",
        "enrolment.token": "Jeton d'inscription",
        "workspace.loopback_ports": "Ports pour Workspace",
        "workspace.https_ports": "Ports HTTPS pour Workspace",
        "workspace.loopback_host": "Adresse de bouclage",
        "workspace.https_certificate": "Certificat pour localhost",
        "workspace.https_key": "Clé du certificat pour localhost",
        "workspace.other_users": "Autoriser les programmes d'autres utilisateurs",
        "workspace.gws_url": "Genesys Web Services",
        "workspace.gws_api": "Version de Genesys Web Services",
        "workspace.client_id": "Identifiant client chez Genesys",
        "workspace.client_secret": "Secret client chez Genesys",
        "upgrade.wait_minutes": "Attente d'une mise à niveau, en minutes",
    },
)
_ES = Wording(
    culture="es-ES",
    description="Directivas de Twinreel, la grabadora de voz y pantalla. Lo que se habilita aquí "
    "no se puede cambiar en el equipo.",
    supported="Twinreel en Windows 10 o posterior",
    on="Habilitada: sí. Deshabilitada: no.",
    yes_no=("sí", "no"),
    key="Clave: {name}",
    unset="No configurada: vale lo que esté ajustado en otro lugar del equipo.",
    unset_default="No configurada: vale lo que esté ajustado en otro lugar del equipo; si no: "
    "{default}",
    bounds="De {least} a {most}.",
    one_a_line="Uno por línea.",
    example="Ejemplo: {example}",
    sections={
        "central": "Central",
        "network": "Red",
        "service": "Servicio de envío del equipo",
        "enrolment": "Inscripción",
        "workspace": "Workspace",
        "upgrade": "Actualizaciones",
    },
    titles={
        "state_dir": "Carpeta de cada usuario",
        "log_level": "Detalle de los registros",
        "language": "Idioma",
        "central.url": "Dirección de la central",
        "central.peer_url": "Segunda dirección de la central",
        "central.site_ca": "Otras autoridades de confianza",
        "network.proxy": "Proxy",
        "network.pac_url": "Archivo de reglas de proxy (PAC)",
        "network.proxy_user": "Usuario del proxy",
        "network.client_certificate": "Certificado para la central",
        "network.client_key": "Clave de ese certificado",
        "service.state_dir": "Carpeta del servicio de envío del equipo",
        "enrolment.token": "Token de inscripción",
        "workspace.loopback_ports": "Puertos para Workspace",
        "workspace.https_ports": "Puertos HTTPS para Workspace",
        "workspace.loopback_host": "Dirección de bucle invertido",
        "workspace.https_certificate": "Certificado para localhost",
        "workspace.https_key": "Clave del certificado para localhost",
        "workspace.other_users": "Permitir programas de otros usuarios",
        "workspace.gws_url": "Genesys Web Services",
        "workspace.gws_api": "Versión de Genesys Web Services",
        "workspace.client_id": "Id. de cliente en Genesys",
        "workspace.client_secret": "Secreto de cliente en Genesys",
        "upgrade.wait_minutes": "Espera de una actualización, en minutos",
    },
)
WORDINGS = (_EN, _DE, _FR, _ES)
