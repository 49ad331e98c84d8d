#compdef sipharness
# Completion of sipharness, made by `sipharness manual zsh`.
sipharness_files() { _files "$@" }
sipharness_options() { _arguments "$@" }
_sipharness() {
  local state
  local -a commands=(
{{commands}}
  )
  _arguments -C '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
{{cases}}
      esac ;;
  esac
}
_sipharness "$@"
