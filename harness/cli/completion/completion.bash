# Completion of sipharness, made by `sipharness manual bash`.
_sipharness() {
  local current=${COMP_WORDS[COMP_CWORD]} words=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words='{{commands}} help'
  else
    case ${COMP_WORDS[1]} in
{{cases}}
    esac
    [[ $current == -* || ${COMP_WORDS[1]} == baseline ]] || words=
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _sipharness sipharness
