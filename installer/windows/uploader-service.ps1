# Installs, or with -Remove removes, the machine-wide uploader as a Windows service. Run as an
# administrator. Never run: read it before you use it.
param(
    [string]$Program = "$env:ProgramFiles\Twinreel\twinreel-uploader.exe",
    [string]$Users = "$env:ProgramData\Twinreel\users",
    [switch]$Remove
)
$ErrorActionPreference = 'Stop'
$Name = 'TwinreelUploader'
$Account = "NT SERVICE\$Name"

if ($Remove) {
    Stop-Service $Name -ErrorAction SilentlyContinue
    & sc.exe delete $Name
    exit $LASTEXITCODE
}
& sc.exe create $Name binPath= "`"$Program`" service" start= delayed-auto obj= $Account DisplayName= 'Twinreel uploader'
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
& sc.exe failure $Name reset= 86400 actions= restart/30000/restart/30000/restart/300000

# Whoever writes the configuration says where recordings go: users only read it, whoever made its
# folder. SIDs, for their names differ by language: SYSTEM, Administrators, Users, CREATOR OWNER.
$Top = "$env:ProgramData\Twinreel"
New-Item -ItemType Directory -Force $Top | Out-Null
& icacls.exe $Top /setowner '*S-1-5-32-544'
& icacls.exe $Top /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-32-545:(OI)(CI)RX'
if (Test-Path "$Top\twinreel.toml") {
    & icacls.exe "$Top\twinreel.toml" /setowner '*S-1-5-32-544'
    & icacls.exe "$Top\twinreel.toml" /reset
}

# Its own folder, and the users': each user makes his own in it; the service may work in all of them.
$Own = "$env:ProgramData\Twinreel\service"
New-Item -ItemType Directory -Force $Own, $Users | Out-Null
& icacls.exe $Own /inheritance:r /grant:r "${Account}:(OI)(CI)F" '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F'
& icacls.exe $Users /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' "${Account}:(OI)(CI)M" '*S-1-3-0:(OI)(CI)(IO)M' '*S-1-5-32-545:(RX,AD)'
Start-Service $Name
