; SPDX-License-Identifier: MIT
; The setup, made by build.sh, which defines VERSION, PARTS (files.py's list), SIZE_KB, ICON and OUT.
; Exit codes: 0 done, 1 cancelled, 2 stopped by an error, 3 not for this Windows, 4 Monban is running, 5 a newer one is
; installed, 6 a scheduled task of Monban waits for this program. (NSIS itself ends with 1 and 2.)
Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
SetCompressorDictSize 64

!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include x64.nsh
!include MUI2.nsh
!include "${PARTS}"

!define PRODUCT_KEY "Software\Monban"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Monban"
!define OLDEST_BUILD 14393  ; Server 2016 and Windows 10 1607

Name "Monban"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Monban"
InstallDirRegKey HKLM "${UNINSTALL_KEY}" InstallLocation
RequestExecutionLevel admin
ManifestSupportedOS Win10
ManifestDPIAware true
ManifestLongPathAware true
AllowSkipFiles off
AutoCloseWindow false
BrandingText "Monban ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow
!uninstfinalize 'sh sign.sh "%1"'  ; build.sh runs this beside it

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_LANGDLL_ALWAYSSHOW
!define MUI_LANGDLL_ALLLANGUAGES
!define MUI_LANGDLL_WINDOWTITLE "Monban ${VERSION}"
!define MUI_LANGDLL_INFO "Language / 言語"
!define MUI_LANGDLL_REGISTRY_ROOT HKLM
!define MUI_LANGDLL_REGISTRY_KEY "${PRODUCT_KEY}"
!define MUI_LANGDLL_REGISTRY_VALUENAME Language
; NSIS's own Japanese has フォルダ and コンピュータ where Windows says フォルダー and コンピューター.
!define MUI_PAGE_HEADER_SUBTEXT "$(SayChoose)"
!define MUI_DIRECTORYPAGE_TEXT_TOP "$(SayFolder)"
!define MUI_DIRECTORYPAGE_TEXT_DESTINATION "$(SayDestination)"
!insertmacro MUI_PAGE_DIRECTORY
!define MUI_INSTFILESPAGE_FINISHHEADER_TEXT "$(SayInstalled)"
!define MUI_INSTFILESPAGE_FINISHHEADER_SUBTEXT "$(SayWhere)"
!insertmacro MUI_PAGE_INSTFILES
!define MUI_PAGE_HEADER_SUBTEXT "$(SayRemove)"
!define MUI_UNCONFIRMPAGE_TEXT_TOP "$(SayRemoveFrom)"
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English
!insertmacro MUI_LANGUAGE Japanese
SetFont /LANG=${LANG_ENGLISH} "Segoe UI" 9
SetFont /LANG=${LANG_JAPANESE} "Yu Gothic UI" 9
!include texts\setup.nsh

VIProductVersion "${VERSION}.0"
!macro VersionInformation language description copyright
  VIAddVersionKey /LANG=${language} ProductName Monban
  VIAddVersionKey /LANG=${language} ProductVersion "${VERSION}"
  VIAddVersionKey /LANG=${language} FileVersion "${VERSION}"
  VIAddVersionKey /LANG=${language} FileDescription "${description}"
  VIAddVersionKey /LANG=${language} CompanyName "The Monban authors"
  VIAddVersionKey /LANG=${language} LegalCopyright "${copyright}"
!macroend
!insertmacro VersionInformation ${LANG_ENGLISH} "Monban setup" "© The Monban authors. MIT licence"
!insertmacro VersionInformation ${LANG_JAPANESE} "Monban セットアップ" "© The Monban authors. MIT ライセンス"

; The folder of the version that is installed, or nothing.
Var Before

; A silent setup has no window to say it in: then it goes to whoever reads standard error, or to the console it was
; started from.
!macro Say
  System::Call "kernel32::GetStdHandle(i -12) p .R1"
  ${If} $R1 P= 0
    System::Call "kernel32::AttachConsole(i -1)"
    System::Call "kernel32::GetStdHandle(i -12) p .R1"
  ${EndIf}
  FileWrite $R1 "Monban: $R0$\r$\n"
!macroend

!macro Refuse text code
  ${If} ${Silent}
    StrCpy $R0 "${text}"
    !insertmacro Say
  ${Else}
    MessageBox MB_OK|MB_ICONSTOP "${text}"
  ${EndIf}
  SetErrorLevel ${code}
  Quit
!macroend

; A program that runs cannot be opened for writing. $0: the folder.
!macro RefuseWhileRunning name
  ${Do}
    ${IfNot} ${FileExists} "$0\${name}"
      ${Break}
    ${EndIf}
    ClearErrors
    FileOpen $1 "$0\${name}" a
    ${IfNot} ${Errors}
      FileClose $1
      ${Break}
    ${EndIf}
    StrCpy $1 "$0\${name}"
    ${If} ${Silent}
    ${OrIf} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(SayRunning)" IDCANCEL`
      !insertmacro Refuse "$(SayRunning)" 4
    ${EndIf}
  ${Loop}
!macroend

; A task that waits (to take a change back, to turn a check on again) names the program by its folder.
!macro RefuseWhileTaskWaits
  FindFirst $1 $2 "$SYSDIR\Tasks\Monban\*.*"
  ${DoWhile} $2 != ""
    ${If} $2 != "."
    ${AndIf} $2 != ".."
      FindClose $1
      !insertmacro Refuse "$(SayTask)" 6
    ${EndIf}
    FindNext $1 $2
  ${Loop}
  FindClose $1
!macroend

Function .onInit
  SetShellVarContext all
  !insertmacro MUI_LANGDLL_DISPLAY
  ${IfNot} ${IsNativeAMD64}
    !insertmacro Refuse "$(SayProcessor)" 3
  ${EndIf}
  ; From the registry, because Windows tells a setup in compatibility mode of another version.
  ReadRegStr $0 HKLM "SOFTWARE\Microsoft\Windows NT\CurrentVersion" CurrentBuildNumber
  ${If} $0 < ${OLDEST_BUILD}
    !insertmacro Refuse "$(SayOldWindows)" 3
  ${EndIf}
  ReadRegStr $Before HKLM "${UNINSTALL_KEY}" InstallLocation
  ReadRegStr $0 HKLM "${UNINSTALL_KEY}" DisplayVersion
  ${If} $Before != ""
    ${VersionCompare} "$0" "${VERSION}" $1
    ${If} $1 = 1
      !insertmacro Refuse "$(SayNewer)" 5
    ${EndIf}
  ${EndIf}
FunctionEnd

; What the version before had: in the same folder what this one lacks, in another one all of it. The names are in the
; registry and not in a file of the folder, since it may be one in which others write.
Function RemoveBefore
  StrCpy $0 0
  ${Do}
    ClearErrors
    EnumRegValue $1 HKLM "${PRODUCT_KEY}\Parts" $0
    ${If} ${Errors}
    ${OrIf} $1 == ""
      ${Break}
    ${EndIf}
    IntOp $0 $0 + 1
    ${If} $Before == $INSTDIR
      !insertmacro GoToIfPart $1 keep
    ${EndIf}
    Delete "$Before\$1"
    ${GetParent} "$Before\$1" $2
    ${If} $2 != $Before
      RMDir "$2"
    ${EndIf}
    keep:
  ${Loop}
  ${If} $Before != $INSTDIR
    Delete "$Before\Uninstall.exe"
    RMDir "$Before"
  ${EndIf}
FunctionEnd

Section
  SetRegView 64
  StrCpy $0 $INSTDIR
  !insertmacro RefuseWhileRunning monban.exe
  !insertmacro RefuseWhileRunning monban-wizard.exe
  ${If} $Before != ""
  ${AndIf} $Before != $INSTDIR
    StrCpy $0 $Before
    !insertmacro RefuseWhileRunning monban.exe
    !insertmacro RefuseWhileRunning monban-wizard.exe
    !insertmacro RefuseWhileTaskWaits
  ${EndIf}

  SetOverwrite on
  !insertmacro InstallParts
  SetOutPath "$INSTDIR"  ; where the entry in the Start menu starts the wizard
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  ${If} $Before != ""
    Call RemoveBefore
  ${EndIf}
  DeleteRegKey HKLM "${PRODUCT_KEY}\Parts"
  !insertmacro RememberParts
  CreateShortCut "$SMPROGRAMS\Monban.lnk" "$INSTDIR\monban-wizard.exe" "" "" "" "" "" "$(SayShortcut)"

  !insertmacro MUI_LANGDLL_SAVELANGUAGE
  WriteRegStr HKLM "${UNINSTALL_KEY}" DisplayName "Monban"
  WriteRegStr HKLM "${UNINSTALL_KEY}" DisplayVersion "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" DisplayIcon "$INSTDIR\monban-wizard.exe,0"
  WriteRegStr HKLM "${UNINSTALL_KEY}" Publisher "The Monban authors"
  WriteRegStr HKLM "${UNINSTALL_KEY}" InstallLocation "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL_KEY}" UninstallString '"$INSTDIR\Uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL_KEY}" QuietUninstallString '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" EstimatedSize ${SIZE_KB}
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" NoModify 1
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" NoRepair 1
SectionEnd

Function un.onInit
  SetRegView 64
  SetShellVarContext all
  ReadRegStr $0 HKLM "${PRODUCT_KEY}" Language  ; as it was chosen then; after a silent setup Windows' own
  ${If} $0 != ""
    StrCpy $LANGUAGE $0
  ${EndIf}
FunctionEnd

; On the stack: a folder. Any user may make folders in ProgramData, and links in them. What a link leads to is not ours:
; only the link goes.
Function un.RemoveTree
  Exch $R1
  Push $R2
  Push $R3
  System::Call 'kernel32::GetFileAttributesW(w R1) i .R2'
  IntOp $R3 $R2 & 0x400  ; FILE_ATTRIBUTE_REPARSE_POINT
  ${If} $R3 = 0
    FindFirst $R2 $R3 "$R1\*.*"
    ${DoWhile} $R3 != ""
      ${If} $R3 != "."
      ${AndIf} $R3 != ".."
        ${If} ${FileExists} "$R1\$R3\*.*"
          Push "$R1\$R3"
          Call un.RemoveTree
        ${Else}
          Delete "$R1\$R3"
        ${EndIf}
      ${EndIf}
      FindNext $R2 $R3
    ${Loop}
    FindClose $R2
  ${EndIf}
  RMDir "$R1"
  Pop $R3
  Pop $R2
  Pop $R1
FunctionEnd

Section Uninstall
  StrCpy $0 $INSTDIR
  !insertmacro RefuseWhileRunning monban.exe
  !insertmacro RefuseWhileRunning monban-wizard.exe
  !insertmacro RefuseWhileTaskWaits

  StrCpy $R9 keep
  ${If} ${Silent}
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/REMOVEDATA" $1
    ${IfNot} ${Errors}
      StrCpy $R9 remove
    ${EndIf}
  ${ElseIf} ${FileExists} "$APPDATA\Monban\*.*"
  ${AndIf} ${Cmd} `MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(SayData)" IDYES`
    StrCpy $R9 remove
  ${EndIf}

  !insertmacro RemoveParts
  Delete "$INSTDIR\Uninstall.exe"
  RMDir "$INSTDIR"  ; stays where somebody else put something into it
  Delete "$SMPROGRAMS\Monban.lnk"
  DeleteRegKey HKLM "${UNINSTALL_KEY}"
  DeleteRegKey HKLM "${PRODUCT_KEY}"
  ${If} $R9 == remove
    Push "$APPDATA\Monban"
    Call un.RemoveTree
  ${EndIf}
SectionEnd
