package release_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const (
	checkout = "../.."
	library  = "github.com/awaitop/awaitop"
	binary   = library + "/cmd/awaitop"
)

// proxy is a module proxy made of a folder, in the layout that GOPROXY defines.
type proxy struct {
	folder  string
	version string // the version of both modules
}

// publish publishes the checkout's library and binary as the version that the binary requires.
func publish(t *testing.T) proxy {
	t.Helper()
	p := proxy{folder: t.TempDir(), version: required(t, filepath.Join(checkout, "cmd", "awaitop"), library)}
	p.add(t, library, checkout)
	p.add(t, binary, filepath.Join(checkout, "cmd", "awaitop"))
	return p
}

// add publishes the module in a folder.
func (p proxy) add(t *testing.T, path, source string) {
	t.Helper()
	escaped, err := module.EscapePath(path)
	if err != nil {
		t.Fatal(err)
	}
	versions := filepath.Join(p.folder, escaped, "@v")
	if err := os.MkdirAll(versions, 0o755); err != nil {
		t.Fatal(err)
	}
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{p.version, time.Now().UTC()})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(versions, "list"), []byte(p.version))
	file := filepath.Join(versions, p.version)
	write(t, file+".info", info)
	write(t, file+".mod", read(t, filepath.Join(source, "go.mod")))
	archive, err := os.Create(file + ".zip")
	if err != nil {
		t.Fatal(err)
	}
	if err := zip.CreateFromDir(archive, module.Version{Path: path, Version: p.version}, source); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
}

// required is the version of a module that the module in a folder requires.
func required(t *testing.T, folder, path string) string {
	t.Helper()
	name := filepath.Join(folder, "go.mod")
	file, err := modfile.Parse(name, read(t, name), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Require {
		if r.Mod.Path == path {
			return r.Mod.Version
		}
	}
	t.Fatalf("%s does not require %s", name, path)
	return ""
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
