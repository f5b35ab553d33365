; SPDX-License-Identifier: MIT
; The setup, made by build.sh, which defines VERSION, PARTS (files.py's list), SIZE_KB, SET_TEMP, ICON and OUT.
; Exit codes: 0 done, 1 cancelled, 2 stopped by an error, 3 not for this Windows, 4 Monban is running, 5 a newer one is
; installed, 6 a scheduled task of Monban waits for this program, 7 another setup or uninstallation of Monban is running.
; (NSIS itself ends with 1 and 2.)
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
; Administrators and the system may everything, users read and run; nothing from above.
!define OURS_ALONE "O:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)"

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
!uninstfinalize 'sh sign.sh "%1"' = 0  ; build.sh runs this beside it

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
!define MUI_CUSTOMFUNCTION_GUIINIT CheckHere
!define MUI_CUSTOMFUNCTION_UNGUIINIT un.CheckHere
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

Var Before         ; the folder of the version that is installed, or nothing
Var BeforeVersion
Var Stage          ; how far the exchange has come: nothing, staging, swapping
Var Problem        ; what could not be written

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

!macro Tell text
  StrCpy $R0 "${text}"
  ${If} ${Silent}
    !insertmacro Say
  ${Else}
    MessageBox MB_OK|MB_ICONSTOP $R0
  ${EndIf}
!macroend

!macro Refuse text code
  !insertmacro Tell "${text}"
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

; A task that waits (to take a change back, to turn a check on again) names the program by its folder. Asked is where
; Windows keeps its tasks: any user may put a file into System32\Tasks.
!macro RefuseWhileTaskWaits
  EnumRegKey $2 HKLM "SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\Monban" 0
  ${If} $2 != ""
    !insertmacro Refuse "$(SayTask)" 6
  ${EndIf}
!macroend

; The mutex is Windows' to take back when this program ends.
!macro RefuseWhileOtherWorks
  System::Call 'kernel32::CreateMutexW(p 0, i 0, w "Global\MonbanSetup") p .R1 ?e'
  Pop $R2
  ${If} $R1 P= 0
  ${OrIf} $R2 = 183  ; ERROR_ALREADY_EXISTS
    !insertmacro Refuse "$(SayBusy)" 7
  ${EndIf}
!macroend

; NSIS 3.08 lays its plug-ins into a folder, of a name that can be guessed, below $TEMP: where the system itself deploys,
; every user writes there (CVE-2025-43715 and later). Below Program Files only administrators do.
!macro GuardPlugins
  GetTempFileName $1 $PROGRAMFILES64
  Delete $1
  CreateDirectory $1
  File "/oname=$1\set_temp.dll" "${SET_TEMP}"
  StrCpy $0 $PROGRAMFILES64
  CallInstDLL "$1\set_temp.dll" SetTemp
  Delete "$1\set_temp.dll"
  RMDir $1
!macroend

Function .onInit
  !insertmacro GuardPlugins  ; before the first plug-in
  SetRegView 64
  SetShellVarContext all
  SetErrorLevel 1  ; for its button to cancel
  !insertmacro MUI_LANGDLL_DISPLAY
  SetErrorLevel -1
FunctionEnd

; NSIS speaks the language that was chosen only after .onInit: so this is called when the window is made and, where there
; is none, by the section.
Function CheckHere
  ${IfNot} ${IsNativeAMD64}
    !insertmacro Refuse "$(SayProcessor)" 3
  ${EndIf}
  ; From the registry, because Windows tells a setup in compatibility mode of another version.
  ReadRegStr $0 HKLM "SOFTWARE\Microsoft\Windows NT\CurrentVersion" CurrentBuildNumber
  ${If} $0 < ${OLDEST_BUILD}
    !insertmacro Refuse "$(SayOldWindows)" 3
  ${EndIf}
  !insertmacro RefuseWhileOtherWorks
  Call LookAtBefore
FunctionEnd

Function LookAtBefore
  ReadRegStr $Before HKLM "${UNINSTALL_KEY}" InstallLocation
  ReadRegStr $BeforeVersion HKLM "${UNINSTALL_KEY}" DisplayVersion
  ${If} $Before != ""
    ${VersionCompare} "$BeforeVersion" "${VERSION}" $1
    ${If} $1 = 1
      !insertmacro Refuse "$(SayNewer)" 5
    ${EndIf}
  ${EndIf}
FunctionEnd

; Not left to .onInstFailed, which comes only when the window is closed.
!macro Fail what
  StrCpy $Problem "${what}"
  Call GiveUp
  Abort
!macroend

; One folder has many spellings (".", short names, links): a file that is written by one and seen by the other tells.
Function KnowBefore
  ${If} $Before == ""
  ${OrIfNot} ${FileExists} "$INSTDIR\*.*"
    Return
  ${EndIf}
  Delete "$Before\~here"
  ClearErrors
  FileOpen $0 "$INSTDIR\~here" w
  ${If} ${Errors}
    !insertmacro Fail $INSTDIR
  ${EndIf}
  FileClose $0
  ${If} ${FileExists} "$Before\~here"
    StrCpy $Before $INSTDIR
  ${EndIf}
  Delete "$INSTDIR\~here"
FunctionEnd

; On the stack: a folder. What is missing on the way to it is made: outside of Program Files so that only administrators
; write there, as Windows has it inside.
Function MakeFolder
  Exch $R1
  Push $R2
  ${IfNot} ${FileExists} "$R1\*.*"
    ${GetParent} $R1 $R2
    ${If} $R2 != ""
      Push $R2
      Call MakeFolder
    ${EndIf}
    StrLen $R2 "$PROGRAMFILES64\"
    StrCpy $R2 $R1 $R2
    ${If} $R2 == "$PROGRAMFILES64\"
      CreateDirectory $R1
    ${Else}
      System::Call 'advapi32::ConvertStringSecurityDescriptorToSecurityDescriptorW(w "${OURS_ALONE}", i 1, *p .R3, p 0) i .R2'
      ${If} $R2 <> 0
        System::Call '*(i 24, i 0, p R3, i 0, i 0) p .R4'  ; SECURITY_ATTRIBUTES
        System::Call 'kernel32::CreateDirectoryW(w R1, p R4)'
        System::Free $R4
        System::Call 'kernel32::LocalFree(p R3)'
      ${EndIf}
    ${EndIf}
  ${EndIf}
  Pop $R2
  Pop $R1
FunctionEnd

; The exchange. All is extracted into ~new first; then part by part the one before goes into ~old and the new one takes its
; place. Until ~new is gone, what is in ~old is to be put back: by this setup if something fails, by the next one if the
; power did. The names in it are known from PRODUCT_KEY, where they are written before.
!macro RememberPart name
  WriteRegStr HKLM "${PRODUCT_KEY}\Parts" "${name}" ""
!macroend

!macro SwapPart name
  StrCpy $1 "${name}"
  Call SwapPart
!macroend

Function SwapPart
  ${If} $Problem != ""
    Return
  ${EndIf}
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\$1"
    Rename "$INSTDIR\$1" "$INSTDIR\~old\$1"
  ${EndIf}
  Rename "$INSTDIR\~new\$1" "$INSTDIR\$1"  ; fails as well where the one before could not go
  ${If} ${Errors}
    StrCpy $Problem "$INSTDIR\$1"
  ${EndIf}
FunctionEnd

!macro PutBackPart name
  StrCpy $1 "${name}"
  Call PutBackPart
!macroend

Function PutBackPart
  ${If} ${FileExists} "$INSTDIR\~old\$1"
    Delete "$INSTDIR\$1"
    Rename "$INSTDIR\~old\$1" "$INSTDIR\$1"
  ${ElseIf} $Stage == swapping
  ${AndIfNot} ${FileExists} "$INSTDIR\~new\$1"
    Delete "$INSTDIR\$1"  ; it came, and there was none before
  ${EndIf}
FunctionEnd

; For the parts of any version, by PRODUCT_KEY. $R5: the folder.
!macro RemoveListed un
Function ${un}RemoveListed
  StrCpy $0 0
  ${Do}
    ClearErrors
    EnumRegValue $1 HKLM "${PRODUCT_KEY}\Parts" $0
    ${If} ${Errors}
    ${OrIf} $1 == ""
      ${Break}
    ${EndIf}
    IntOp $0 $0 + 1
    Delete "$R5\$1"
    ${GetParent} "$R5\$1" $2
    ${If} $2 != $R5
      RMDir $2
    ${EndIf}
  ${Loop}
FunctionEnd
!macroend
!insertmacro RemoveListed ""
!insertmacro RemoveListed un.

!macro RemoveExchange un folder
  StrCpy $R5 "${folder}\~new"
  Call ${un}RemoveListed
  Delete "$R5\Uninstall.exe"
  RMDir $R5
  StrCpy $R5 "${folder}\~old"
  Call ${un}RemoveListed
  Delete "$R5\Uninstall.exe"
  RMDir $R5
!macroend

; What a power cut left.
Function Recover
  ${If} ${FileExists} "$INSTDIR\~new\*.*"
    StrCpy $1 Uninstall.exe
    Call PutBackPart
    StrCpy $0 0
    ${Do}
      ClearErrors
      EnumRegValue $1 HKLM "${PRODUCT_KEY}\Parts" $0
      ${If} ${Errors}
      ${OrIf} $1 == ""
        ${Break}
      ${EndIf}
      IntOp $0 $0 + 1
      Call PutBackPart
    ${Loop}
  ${EndIf}
  !insertmacro RemoveExchange "" $INSTDIR
FunctionEnd

!macro WriteEntry folder version
  WriteRegStr HKLM "${UNINSTALL_KEY}" DisplayIcon "${folder}\monban-wizard.exe,0"
  WriteRegStr HKLM "${UNINSTALL_KEY}" UninstallString '"${folder}\Uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL_KEY}" QuietUninstallString '"${folder}\Uninstall.exe" /S'
  WriteRegStr HKLM "${UNINSTALL_KEY}" DisplayVersion "${version}"
  WriteRegStr HKLM "${UNINSTALL_KEY}" InstallLocation "${folder}"
!macroend

Function GiveUp
  SetOutPath $PROGRAMFILES64  ; Windows removes no folder that a program stands in
  ${If} $Stage == swapping
    !insertmacro PutBackPart Uninstall.exe
    !insertmacro ForEachPart PutBackPart
    ${If} $Before == ""
      DeleteRegKey HKLM "${UNINSTALL_KEY}"
    ${Else}
      !insertmacro WriteEntry $Before $BeforeVersion
    ${EndIf}
  ${EndIf}
  !insertmacro RemoveFolders "$INSTDIR\~old"
  RMDir "$INSTDIR\~old"
  ${If} $Stage != ""
  ${AndIfNot} ${FileExists} "$INSTDIR\~old\*.*"
    !insertmacro RemoveParts "$INSTDIR\~new"
    !insertmacro RemoveFolders "$INSTDIR\~new"
    Delete "$INSTDIR\~new\Uninstall.exe"
    RMDir "$INSTDIR\~new"
    !insertmacro RemoveFolders $INSTDIR
    RMDir $INSTDIR
    ${If} $Before == ""
      DeleteRegKey HKLM "${PRODUCT_KEY}"
    ${EndIf}
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\~old\*.*"
    !insertmacro Tell "$(SayHalf)"
  ${Else}
    !insertmacro Tell "$(SayFailed)"
  ${EndIf}
  StrCpy $Stage ""
  SetErrorLevel 2
FunctionEnd

Function .onInstFailed
  ${If} $Stage != ""  ; NSIS itself ended it, while it extracted
    StrCpy $Problem $INSTDIR
    Call GiveUp
  ${EndIf}
FunctionEnd

; What the version before had: in the same folder what this one lacks, in another one all of it. The names are in the
; registry and not in a file of the folder, since it may be one in which others write. One that is gone is forgotten.
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
    !insertmacro GoToIfPart $1 keep
    ${IfNot} ${FileExists} "$Before\$1"
      DeleteRegValue HKLM "${PRODUCT_KEY}\Parts" $1
      IntOp $0 $0 - 1
    ${EndIf}
    keep:
  ${Loop}
  ${If} $Before != $INSTDIR
    !insertmacro RemoveExchange "" $Before
    Delete "$Before\Uninstall.exe"
    RMDir "$Before"
  ${EndIf}
FunctionEnd

Section
  ${If} ${Silent}
    Call CheckHere
  ${Else}
    Call LookAtBefore  ; a deployment may have installed one while the window was open
  ${EndIf}
  System::Call 'kernel32::GetFullPathNameW(w "$INSTDIR", i ${NSIS_MAX_STRLEN}, w .r0, p 0) i .r1'
  ${If} $1 <> 0
    StrCpy $INSTDIR $0
  ${EndIf}
  Call KnowBefore
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

  Call Recover
  StrCpy $Stage staging
  ClearErrors
  !insertmacro ForEachPart RememberPart
  ${If} ${Errors}
    !insertmacro Fail "HKLM\${PRODUCT_KEY}"
  ${EndIf}
  Push $INSTDIR
  Call MakeFolder
  SetOverwrite on
  !insertmacro ExtractParts "$INSTDIR\~new"
  ClearErrors
  WriteUninstaller "$INSTDIR\~new\Uninstall.exe"
  CreateDirectory "$INSTDIR\~old"
  !insertmacro CreateFolders "$INSTDIR\~old"
  !insertmacro CreateFolders $INSTDIR
  SetOutPath "$INSTDIR"  ; where the entry in the Start menu starts the wizard
  ${If} ${Errors}
    !insertmacro Fail $INSTDIR
  ${EndIf}

  StrCpy $Stage swapping
  !insertmacro SwapPart Uninstall.exe
  !insertmacro ForEachPart SwapPart
  ${If} $Problem != ""
    !insertmacro Fail $Problem
  ${EndIf}
  ClearErrors
  WriteRegStr HKLM "${UNINSTALL_KEY}" DisplayName "Monban"
  WriteRegStr HKLM "${UNINSTALL_KEY}" Publisher "The Monban authors"
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" EstimatedSize ${SIZE_KB}
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" NoModify 1
  WriteRegDWORD HKLM "${UNINSTALL_KEY}" NoRepair 1
  !insertmacro WriteEntry $INSTDIR "${VERSION}"
  ${If} ${Errors}
    !insertmacro Fail "HKLM\${UNINSTALL_KEY}"
  ${EndIf}
  !insertmacro RemoveFolders "$INSTDIR\~new"
  RMDir "$INSTDIR\~new"
  StrCpy $Stage ""
  !insertmacro RemoveExchange "" $INSTDIR
  ${If} $Before != ""
    Call RemoveBefore
  ${EndIf}
  CreateShortCut "$SMPROGRAMS\Monban.lnk" "$INSTDIR\monban-wizard.exe" "" "" "" "" "" "$(SayShortcut)"
  !insertmacro MUI_LANGDLL_SAVELANGUAGE
SectionEnd

Function un.onInit
  !insertmacro GuardPlugins
  SetRegView 64
  SetShellVarContext all
  ReadRegStr $0 HKLM "${PRODUCT_KEY}" Language  ; as it was chosen then; after a silent setup Windows' own
  ${If} $0 != ""
    StrCpy $LANGUAGE $0
  ${EndIf}
FunctionEnd

Function un.CheckHere
  !insertmacro RefuseWhileOtherWorks
FunctionEnd

; On the stack: a folder. What a link leads to is not ours: only the link goes.
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

; Without its entry nobody would come back for a program that could not be removed.
!macro StayWhileThere name
  ${If} ${FileExists} "$INSTDIR\${name}"
    StrCpy $1 "$INSTDIR\${name}"
    !insertmacro Refuse "$(SayStays)" 2
  ${EndIf}
!macroend

Section Uninstall
  ${If} ${Silent}
    Call un.CheckHere
  ${EndIf}
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

  ; Any user may make folders in ProgramData, and exchange one in his for a link while it is being removed. Monban itself
  ; believes only a folder in which none but administrators write, and refuses every other one: with 2.
  ${If} $R9 == remove
  ${AndIf} ${FileExists} "$APPDATA\Monban\*.*"
    nsExec::Exec /TIMEOUT=60000 '"$INSTDIR\monban.exe" runs --json'
    Pop $0
    ${If} $0 != 0
    ${AndIf} $0 != 1  ; a journal in it is damaged
      StrCpy $R9 keep
      !insertmacro Tell "$(SayDistrusted)"
    ${EndIf}
  ${EndIf}

  !insertmacro RemoveExchange un. $INSTDIR
  !insertmacro RemoveParts $INSTDIR
  !insertmacro RemoveFolders $INSTDIR
  StrCpy $R5 $INSTDIR
  Call un.RemoveListed
  !insertmacro StayWhileThere monban.exe
  !insertmacro StayWhileThere monban-wizard.exe
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
