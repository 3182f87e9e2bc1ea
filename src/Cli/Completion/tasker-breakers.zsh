#compdef tasker-breakers
# Completion of tasker-breakers in zsh:  source <(tasker-breakers completion zsh), after compinit
_tasker_breakers() {
  local arguments="${(j: :)words[2,CURRENT]}"
  local -a candidates
  candidates=("${(@f)$("${(Q)words[1]/#\~/$HOME}" "[suggest:${#arguments}]" "$arguments" 2>/dev/null)}")
  [[ $words[CURRENT] == --*=* ]] && compset -P '*='
  if [[ -n "${candidates[1]}" ]]; then
    compadd -- "${candidates[@]}"
  else
    _files
  fi
}
compdef _tasker_breakers tasker-breakers
