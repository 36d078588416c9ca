package awaitop_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// shownCommand is a command of the binary, without its comment.
	shownCommand = regexp.MustCompile(`^(?:\./)?awaitop ([a-z][^#]*)`)
	codeSpan     = regexp.MustCompile("`([^`\n]+)`")
	// definedCommand and definedFlag are how the binary's source defines its commands and flags.
	definedCommand = regexp.MustCompile(`Use:\s+"([a-z-]+)|a\.ask\("([a-z]+)"`)
	definedFlag    = regexp.MustCompile(`\bflags\(?\)?\.[A-Za-z0-9]*Var[P]?\([^"]*"([a-z-]+)"|Flags\(\)\.[A-Za-z0-9]*Var[P]?\([^"]*"([a-z-]+)"`)
	longFlag       = regexp.MustCompile(`--([a-z-]+)`)
)

// TestDocumentedCommands wants the commands that documents show to be commands of the binary, with flags that it has.
func TestDocumentedCommands(t *testing.T) {
	t.Parallel()
	commands, flags := definedIn(t, filepath.Join("cmd", "awaitop", "internal", "cli"))
	shown := 0
	for path, text := range documents(t) {
		if path == "CHANGELOG.md" { // which names commands of the past
			continue
		}
		for _, code := range codeIn(text) {
			found := shownCommand.FindStringSubmatch(code)
			if found == nil {
				continue
			}
			shown++
			words := strings.Fields(found[1])
			if !commands[words[0]] {
				t.Errorf("%s shows `awaitop %s`: there is no command %q", path, found[1], words[0])
			}
			if words[0] == "operations" && len(words) > 1 && !commands[words[1]] {
				t.Errorf("%s shows `awaitop %s`: there is no command %q", path, found[1], words[1])
			}
			for _, flag := range longFlag.FindAllStringSubmatch(found[1], -1) {
				if !flags[flag[1]] {
					t.Errorf("%s shows `awaitop %s`: there is no flag --%s", path, found[1], flag[1])
				}
			}
		}
	}
	if shown < 20 {
		t.Errorf("documents show %d commands: are they found?", shown)
	}
}

// codeIn are the lines of a document's code blocks, and its code spans.
func codeIn(text string) []string {
	var code []string
	block := false
	for line := range strings.Lines(text) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "```"):
			block = !block
		case block:
			code = append(code, line)
		default:
			for _, span := range codeSpan.FindAllStringSubmatch(line, -1) {
				code = append(code, span[1])
			}
		}
	}
	return code
}

// definedIn are the commands and flags that the source files of a folder define.
func definedIn(t *testing.T, folder string) (commands, flags map[string]bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	commands, flags = map[string]bool{}, map[string]bool{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range definedCommand.FindAllStringSubmatch(string(raw), -1) {
			commands[found[1]+found[2]] = true
		}
		for _, found := range definedFlag.FindAllStringSubmatch(string(raw), -1) {
			flags[found[1]+found[2]] = true
		}
	}
	if !commands["await"] || !commands["cancel"] || !flags["task-queue"] || !flags["none"] {
		t.Fatalf("not all commands and flags are found: %v, %v", commands, flags)
	}
	return commands, flags
}
