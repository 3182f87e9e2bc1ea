# Completion of tasker-breakers in fish:  tasker-breakers completion fish | source
function __tasker_breakers_candidates
    set -l arguments (commandline --cut-at-cursor --current-process | string replace --regex '^\s*\S+\s?' '')
    set -l word (commandline --cut-at-cursor --current-token)
    set -l candidates (tasker-breakers "[suggest:"(string length -- "$arguments")"]" "$arguments" 2>/dev/null)
    if set -q candidates[1]
        # Fish replaces the whole word, the option before an equals sign too.
        set -l kept (string match --regex -- '^--[^=]+=' $word; or echo)
        printf '%s\n' $kept$candidates
    else
        __fish_complete_path $word
    end
end
complete --command tasker-breakers --no-files --arguments '(__tasker_breakers_candidates)'
