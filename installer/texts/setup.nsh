; SPDX-License-Identifier: MIT
!macro Text name english japanese
  LangString ${name} ${LANG_ENGLISH} "${english}"
  LangString ${name} ${LANG_JAPANESE} "${japanese}"
!macroend

!insertmacro Text SayChoose \
  "Choose the folder for Monban." \
  "Monban をインストールするフォルダーを選んでください。"
!insertmacro Text SayDestination \
  "Folder" \
  "インストール先のフォルダー"
!insertmacro Text SayRemove \
  "Remove Monban from this computer." \
  "このコンピューターから Monban を削除します。"
!insertmacro Text SayRemoveFrom \
  "Monban will be removed from the folder below. The sites stay as they are: to take Monban's changes back as well, undo them in Monban first." \
  "次のフォルダーから Monban を削除します。サイトの設定はそのまま残ります。Monban で行った変更も元に戻す場合は、先に Monban で元に戻してください。"
!insertmacro Text SayFolder \
  "Monban goes into the folder below. Leave it below Program Files: there Windows keeps other users from exchanging the program, and only from there can scheduled tasks run it." \
  "次のフォルダーに Monban をインストールします。Program Files の下のままにしてください。そこなら管理者以外のユーザーはプログラムを置き換えられません。タスク スケジューラから実行できるのも、そこにインストールした場合だけです。"
!insertmacro Text SayInstalled \
  "Monban ${VERSION} is installed" \
  "Monban ${VERSION} をインストールしました"
!insertmacro Text SayWhere \
  "Open it from the Start menu." \
  "[スタート] メニューから開くことができます。"
!insertmacro Text SayProcessor \
  "Monban runs on 64-bit Windows for Intel and AMD processors (x64). This computer has another processor, so nothing was installed." \
  "Monban は Intel または AMD のプロセッサー (x64) の 64 ビット版 Windows で動作します。このコンピューターのプロセッサーは異なるため、何もインストールしませんでした。"
!insertmacro Text SayOldWindows \
  "Monban needs Windows Server 2016, Windows 10 version 1607 (build ${OLDEST_BUILD}) or later. This is build $0, so nothing was installed." \
  "Monban には Windows Server 2016 または Windows 10 バージョン 1607 (ビルド ${OLDEST_BUILD}) 以降が必要です。この Windows はビルド $0 なので、何もインストールしませんでした。"
!insertmacro Text SayNewer \
  "Monban $BeforeVersion is installed here, which is newer than ${VERSION}. Nothing was changed. If you really want the older one, uninstall Monban $BeforeVersion first." \
  "このコンピューターには ${VERSION} より新しい Monban $BeforeVersion がインストールされています。何も変更しませんでした。古いバージョンに戻すには、先に Monban $BeforeVersion をアンインストールしてください。"
!insertmacro Text SayRunning \
  "$1 is in use, so it cannot be replaced or removed. Close Monban, also where another user has it open, and try again." \
  "$1 は使用中のため、置き換えることも削除することもできません。Monban を終了してから、もう一度実行してください。ほかのユーザーが開いている場合もあります。"
!insertmacro Text SayTask \
  "The scheduled task Monban\$2 still needs the program in its present folder: it takes a change back, or turns a revocation check on again. Nothing was changed. Keep or undo that change in Monban first, then try again." \
  "タスク スケジューラのタスク Monban\$2 が、現在のフォルダーのプログラムを必要としています。このタスクは、変更を元に戻すか、失効確認を有効に戻すためのものです。何も変更しませんでした。Monban でその変更を確定するか元に戻してから、もう一度実行してください。"
!insertmacro Text SayBusy \
  "Another setup or uninstallation of Monban is running. Nothing was changed. Wait until it has ended, then try again." \
  "Monban の別のインストールまたはアンインストールが実行中です。何も変更しませんでした。完了するのを待ってから、もう一度実行してください。"
!insertmacro Text SayFailed \
  "$Problem could not be written. The disk may be full, or another program may have a file open. Monban was not installed; what was here before is as it was." \
  "$Problem に書き込めませんでした。ディスクの空き容量が足りないか、ほかのプログラムがファイルを使用している可能性があります。Monban はインストールされていません。以前からあったものは元のままです。"
!insertmacro Text SayHalf \
  "$Problem could not be written, and not everything could be put back as it was. Restart Windows, then run this setup again." \
  "$Problem に書き込めず、一部を元に戻すこともできませんでした。Windows を再起動してから、このセットアップをもう一度実行してください。"
!insertmacro Text SayStays \
  "$1 could not be removed: another program may have it open. Monban stays in the list of installed apps. Close that program, then uninstall Monban again." \
  "$1 を削除できませんでした。ほかのプログラムが使用している可能性があります。Monban はアプリの一覧に残ります。そのプログラムを終了してから、もう一度アンインストールしてください。"
!insertmacro Text SayDistrusted \
  "$APPDATA\Monban stays: Monban could not make sure that only administrators write in it. Look who made it, then delete it yourself." \
  "$APPDATA\Monban は残します。管理者だけが書き込めるフォルダーであることを確認できなかったためです。作成者を確認してから、手動で削除してください。"
!insertmacro Text SayShortcut \
  "Set up client certificates for an IIS site" \
  "IIS のサイトにクライアント証明書を設定します"
!insertmacro Text SayData \
  "Delete Monban's journals as well?$\r$\n$\r$\n$APPDATA\Monban says what Monban changed on this server. Without it Monban cannot take those changes back, even if it is installed again.$\r$\n$\r$\nThe sites themselves stay as they are." \
  "Monban の変更の記録も削除しますか?$\r$\n$\r$\n$APPDATA\Monban には、Monban がこのサーバーに行った変更が記録されています。削除すると、Monban をもう一度インストールしても、その変更を元に戻せなくなります。$\r$\n$\r$\nサイトの設定はそのまま残ります。"
