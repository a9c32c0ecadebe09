# Completion of agent-server in bash. Each word has a dot in front, so that none is empty or looks like an option.
_agent_server() {
  local program=${COMP_WORDS[0]/#\~/$HOME} line
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("${line%%$'\t'*}")
  done < <("$program" __complete "${words[@]/#/.}" 2>/dev/null </dev/null)
}
# Where there is nothing to offer, names of files are.
complete -o default -F _agent_server agent-server
