package cli

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
)

// program is how this program was started.
type program struct {
	argument   string // os.Args[0]
	executable string // the program's file
	onPath     string // the file of the same name on PATH, "" for none
	folder     string // the working directory
	source     string // the folder of the main package, "" if the binary does not say
	path       string // the import path of the main package
	version    string // of a module that was downloaded, "" of a checkout
}

func thisProgram() program {
	p := program{argument: os.Args[0], path: "github.com/awaitop/awaitop/cmd/awaitop"}
	// Without one of these the command is less handy.
	p.executable, _ = os.Executable()
	p.folder, _ = os.Getwd()
	p.onPath, _ = exec.LookPath(filepath.Base(p.argument))
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) { // not so with -trimpath
		p.source = filepath.Dir(filepath.Dir(filepath.Dir(file)))
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		p.path = cmp.Or(info.Path, p.path)
		if info.Main.Sum != "" {
			p.version = info.Main.Version
		}
	}
	return p
}

// runByGo matches the files of programs that `go run` and `go tool` build and start: in a temporary folder, or in the
// build cache, where the folder's name is a hash.
var runByGo = regexp.MustCompile(`/go-build[0-9]*/b[0-9]+/exe/[^/]+$|/[0-9a-f]{64}-d/[^/]+$`)

// byGo reports whether the go command has built and started the program.
func (p program) byGo() bool { return runByGo.MatchString(filepath.ToSlash(p.executable)) }

// command is what starts the program again from a shell in the same folder.
func (p program) command() string {
	switch {
	case p.byGo() && p.version != "":
		return "go run " + p.path + "@" + p.version
	case p.byGo():
		return "go run " + p.packageName()
	case p.onPath != "" && sameFile(p.onPath, p.executable):
		return shellQuoted(filepath.Base(p.argument))
	case strings.ContainsRune(filepath.ToSlash(p.argument), '/'):
		return shellQuoted(p.argument)
	default:
		return shellQuoted(cmp.Or(p.executable, p.argument))
	}
}

// packageName names the main package as the go command takes it: by its folder, or by its import path.
func (p program) packageName() string {
	if p.source == "" || p.folder == "" {
		return p.path
	}
	folder, err := filepath.Rel(p.folder, p.source)
	if err != nil {
		return p.path
	}
	if folder = filepath.ToSlash(folder); !strings.HasPrefix(folder, ".") {
		folder = "./" + folder
	}
	return shellQuoted(folder)
}

// where says where the command works, if it does not work everywhere.
func (p program) where() string {
	command := strings.Trim(p.command(), "'")
	named := strings.ContainsRune(filepath.ToSlash(command), '/') && !filepath.IsAbs(command) // by a path from here
	if p.byGo() {
		named = p.version == ""
	}
	if named {
		return ", in this folder"
	}
	return ""
}

func sameFile(one, other string) bool {
	a, err := os.Stat(one)
	if err != nil {
		return false
	}
	b, err := os.Stat(other)
	return err == nil && os.SameFile(a, b)
}

// plain matches words that a shell takes as they are.
var plain = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./~-]+$`)

// shellQuoted is a word as a POSIX shell takes it.
func shellQuoted(word string) string {
	if plain.MatchString(word) && !strings.HasPrefix(word, "~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
