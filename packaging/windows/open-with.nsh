; Puts Partway into "Open with" for media, as one program among others: it never becomes what opens them by itself.
; (Applications\NAME with SupportedTypes is what Windows reads for that; a class of our own for each ending would take them over.)

!define PARTWAY_APP "Software\Classes\Applications\partway.exe"

!macro PARTWAY_TYPE ENDING
  WriteRegStr SHCTX "${PARTWAY_APP}\SupportedTypes" "${ENDING}" ""
!macroend

!macro NSIS_HOOK_POSTINSTALL
  WriteRegStr SHCTX "${PARTWAY_APP}" "FriendlyAppName" "Partway"
  WriteRegStr SHCTX "${PARTWAY_APP}\shell\open\command" "" '"$INSTDIR\partway.exe" "%1"'
  !insertmacro PARTWAY_TYPE ".mp4"
  !insertmacro PARTWAY_TYPE ".mov"
  !insertmacro PARTWAY_TYPE ".mkv"
  !insertmacro PARTWAY_TYPE ".webm"
  !insertmacro PARTWAY_TYPE ".mpg"
  !insertmacro PARTWAY_TYPE ".mts"
  !insertmacro PARTWAY_TYPE ".avi"
  !insertmacro PARTWAY_TYPE ".m4v"
  !insertmacro PARTWAY_TYPE ".mxf"
  !insertmacro PARTWAY_TYPE ".jpg"
  !insertmacro PARTWAY_TYPE ".png"
  !insertmacro PARTWAY_TYPE ".webp"
  !insertmacro PARTWAY_TYPE ".tif"
  !insertmacro PARTWAY_TYPE ".heic"
  !insertmacro PARTWAY_TYPE ".avif"
  !insertmacro PARTWAY_TYPE ".gif"
!macroend

!macro NSIS_HOOK_POSTUNINSTALL
  DeleteRegKey SHCTX "${PARTWAY_APP}"
!macroend
