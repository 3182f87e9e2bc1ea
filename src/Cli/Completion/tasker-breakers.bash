# Completion of tasker-breakers in bash:  source <(tasker-breakers completion bash)
_tasker_breakers() {
  local line=${COMP_LINE:0:COMP_POINT}
  line=${line#"${line%%[![:space:]]*}"}
  local arguments=
  [[ $line == *[[:space:]]* ]] && arguments=${line#*[[:space:]]}

  # Bash replaces only what stands behind the last colon or equals sign of a word.
  local word=${arguments##*[[:space:]]}
  local kept=
  [[ $word == *[:=]* && $COMP_WORDBREAKS == *:* ]] && kept=${word%"${word##*[:=]}"}

  COMPREPLY=()
  local candidate
  while IFS= read -r candidate; do
    COMPREPLY+=("${candidate#"$kept"}")
  done < <("${1/#\~/$HOME}" "[suggest:${#arguments}]" "$arguments" 2>/dev/null)
}
complete -o default -F _tasker_breakers tasker-breakers
