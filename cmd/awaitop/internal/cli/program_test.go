package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The command that a hint shows works in the folder where the program was started.
func TestProgramCommand(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "awaitop")
	if err := os.WriteFile(binary, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	const (
		path   = "github.com/awaitop/awaitop/cmd/awaitop"
		run    = "/tmp/go-build1234/b001/exe/awaitop"
		source = "/home/me/awaitop/cmd/awaitop"
	)
	cached := "/home/me/.cache/go-build/0f/" + strings.Repeat("0f", 32) + "-d/awaitop"
	tests := map[string]struct {
		reason  string
		program program
		want    string
		where   string
	}{
		"installed":      {"it is on PATH", program{argument: "awaitop", executable: binary, onPath: binary}, "awaitop", ""},
		"by its path":    {"it is on PATH, too", program{argument: binary, executable: binary, onPath: binary}, "awaitop", ""},
		"another":        {"PATH has another file of that name", program{argument: "./awaitop", executable: binary, onPath: os.Args[0]}, "./awaitop", ", in this folder"},
		"relative":       {"a build in a clone", program{argument: "bin/awaitop", executable: "/home/me/bin/awaitop"}, "bin/awaitop", ", in this folder"},
		"absolute":       {"it works everywhere", program{argument: "/opt/awaitop", executable: "/opt/awaitop"}, "/opt/awaitop", ""},
		"a blank":        {"for a shell", program{argument: "/opt/my tools/awaitop", executable: "/opt/my tools/awaitop"}, "'/opt/my tools/awaitop'", ""},
		"odd name":       {"its caller chose argument 0", program{argument: "x", executable: "/opt/awaitop"}, "/opt/awaitop", ""},
		"go run":         {"in the clone's root", program{argument: run, executable: run, folder: "/home/me/awaitop", source: source, path: path}, "go run ./cmd/awaitop", ", in this folder"},
		"go run .":       {"in the package's folder", program{argument: run, executable: run, folder: source, source: source, path: path}, "go run .", ", in this folder"},
		"go run ..":      {"beside it", program{argument: run, executable: run, folder: "/home/me/awaitop/examples", source: source, path: path}, "go run ../cmd/awaitop", ", in this folder"},
		"trimmed":        {"the binary does not name its source", program{argument: run, executable: run, folder: "/home/me/awaitop", path: path}, "go run " + path, ", in this folder"},
		"cached":         {"the build cache has it", program{argument: cached, executable: cached, folder: "/home/me/awaitop", source: source, path: path}, "go run ./cmd/awaitop", ", in this folder"},
		"go run VERSION": {"without a clone", program{argument: cached, executable: cached, folder: "/home/me", source: "/home/me/go/pkg/mod/x", path: path, version: "v0.1.0"}, "go run " + path + "@v0.1.0", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, where := tt.program.command(), tt.program.where(); got != tt.want || where != tt.where {
				t.Errorf("%s: %q%s, want %q%s", tt.reason, got, where, tt.want, tt.where)
			}
		})
	}
}

func TestShellQuoted(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"a/b-c_1.2:3@4": "a/b-c_1.2:3@4", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$x": "'$x'", "~": "'~'", "a\nb": "'a\nb'",
	} {
		if got := shellQuoted(word); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}
