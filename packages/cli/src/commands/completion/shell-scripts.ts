/** Shells that completion is there for. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

const BASH = String.raw`# Completion of fedops for bash: source <(fedops completion bash)
_fedops() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o default 2> /dev/null ;;
      *) COMPREPLY+=("${'$'}{line%%$'\t'*}") ;;
    esac
  done < <(fedops complete -- "${'$'}{COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
complete -F _fedops fedops
`;

const ZSH = String.raw`#compdef fedops
# Completion of fedops for zsh: source <(fedops completion zsh)
_fedops() {
  local line
  local -a values
  local -i wants_files=0
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      wants_files=1
    else
      values+=("${'$'}{${'$'}{line%%$'\t'*}//:/\\:}:${'$'}{line#*$'\t'}")
    fi
  done < <(fedops complete -- "${'$'}{(@)words[2,CURRENT]}" 2> /dev/null)
  if (( wants_files )); then _files; fi
  if (( $#values )); then _describe fedops values; fi
}
compdef _fedops fedops
`;

const FISH = `# Completion of fedops for fish: fedops completion fish | source
function __fedops_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    for line in (fedops complete -- $before[2..-1] "$current" 2> /dev/null)
        if test "$line" = ":files"
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c fedops -f -k -a '(__fedops_complete)'
`;

const POWERSHELL = `# Completion of fedops for PowerShell: fedops completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName fedops -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    # An empty word is lost on the way to a native command before PowerShell 7.3.
    $flags = if ($wordToComplete -eq '') { @('--new-word') } else { @() }
    fedops complete @flags -- @words 2> $null | Where-Object { $_ -and $_ -ne ':files' } | ForEach-Object {
        $value, $text = $_ -split "\`t", 2
        $tip = if ($text) { $text } else { $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $tip)
    }
}
`;

/**
 * The script that makes a shell ask `fedops complete`. None of them evaluates what was typed, nor what comes back.
 */
export const SHELL_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
};
