# Completion of agent-server in fish. Each word has a dot in front, so that none is empty or looks like an option.
function __agent_server_complete
  set -l words (commandline -opc)
  set -l token (commandline -ct)
  # A quote may be open.
  set -l typed (string unescape -- $token; or string unescape -- $token\'; or string unescape -- $token\")
  set -a words "$typed"
  # fish quotes what needs quotes, and puts no space behind a slash or a colon.
  set -l found (command $words[1] __complete .$words[2..-1] 2>/dev/null </dev/null)
  if test (count $found) -gt 0
    printf '%s\n' $found
  else
    # Where there is nothing to offer, names of files are.
    __fish_complete_path (commandline -ct)
  end
end
complete -c agent-server -f -a '(__agent_server_complete)'
