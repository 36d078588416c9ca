package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const module = "google.golang.org/api"

// library is all discovery documents, by name and version.
type library struct {
	origin    string // such as "google.golang.org/api v0.311.0"
	documents []*document
}

// read reads the documents of the module in the module cache, and those of a folder, which replace
// the module's of the same name and version. A vendored module has none: then there are none at all.
func read(folder string) (library, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}\n{{.Version}}", module).Output()
	if err != nil {
		return library{}, fmt.Errorf("find the module %s: %w", module, err)
	}
	dir, version, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	paths, err := shipped(dir)
	if err != nil || len(paths) == 0 {
		return library{origin: module + " " + version}, err
	}
	further, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || folder == "" {
		further = nil
	}
	documents, err := readAll(append(paths, further...))
	return library{origin: module + " " + version, documents: documents}, err
}

// shipped are the paths of a module's documents: SERVICE/VERSION/SERVICE-api.json. Documents
// elsewhere are parts of one service, none of which starts operations, and test data.
func shipped(dir string) ([]string, error) {
	if dir == "" {
		return nil, nil
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*", "*-api.json"))
	return slices.DeleteFunc(paths, func(path string) bool {
		service := filepath.Base(filepath.Dir(filepath.Dir(path)))
		return filepath.Base(path) != service+"-api.json"
	}), err
}

// readAll reads documents. The last of a name and version stands.
func readAll(paths []string) ([]*document, error) {
	byKey := map[string]*document{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		d, err := parse(raw)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		byKey[d.Name+"/"+d.Version] = d
	}
	documents := make([]*document, 0, len(byKey))
	for _, d := range byKey {
		documents = append(documents, d)
	}
	slices.SortFunc(documents, func(a, b *document) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	return documents, nil
}
