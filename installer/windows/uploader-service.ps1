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

# Its own folder, and the users': each user makes his own in it; the service may work in all of them.
$Own = "$env:ProgramData\Twinreel\service"
New-Item -ItemType Directory -Force $Own, $Users | Out-Null
& icacls.exe $Own /inheritance:r /grant:r "${Account}:(OI)(CI)F" 'SYSTEM:(OI)(CI)F' 'Administrators:(OI)(CI)F'
& icacls.exe $Users /inheritance:r /grant:r 'SYSTEM:(OI)(CI)F' 'Administrators:(OI)(CI)F' "${Account}:(OI)(CI)M" 'CREATOR OWNER:(OI)(CI)(IO)M' 'Users:(RX,AD)'
Start-Service $Name
