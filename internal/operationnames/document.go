package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// document is the part of a discovery document that is read.
type document struct {
	RootURL   string `json:"rootUrl"`
	Resources map[string]resource
	Schemas   map[string]struct{ Properties map[string]json.RawMessage }
}

type resource struct {
	Methods   map[string]method
	Resources map[string]resource
}

type method struct {
	ID         string
	Path       string
	Parameters map[string]struct{ Location, Pattern string }
	Response   struct {
		Ref string `json:"$ref"`
	}
}

// documents reads the discovery documents of stable versions that
// google.golang.org/api ships, in the module cache: SERVICE/VERSION/SERVICE-api.json.
// A vendored module has none.
func documents() ([]document, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "google.golang.org/api").Output()
	if err != nil {
		return nil, fmt.Errorf("find the module google.golang.org/api: %w", err)
	}
	var found []document
	err = filepath.WalkDir(strings.TrimSpace(string(dir)), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "-api.json") || !stableVersion.MatchString(filepath.Base(filepath.Dir(path))) {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var d document
		if err := json.Unmarshal(raw, &d); err != nil {
			return fmt.Errorf("read %s: %w", filepath.Base(path), err)
		}
		found = append(found, d)
		return nil
	})
	return found, err
}

var stableVersion = regexp.MustCompile(`^v[0-9]+(\.[0-9]+)?$`)

// service is the service's DNS name.
func (d document) service() string {
	return strings.Trim(strings.TrimPrefix(d.RootURL, "https://"), "/")
}

// gets returns the methods called get that answer with a standard Operation.
func (d document) gets() []method { return d.getsOf(d.Resources) }

func (d document) getsOf(resources map[string]resource) []method {
	var found []method
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		r := resources[name]
		if get, ok := r.Methods["get"]; ok && d.isOperation(get.Response.Ref) {
			found = append(found, get)
		}
		found = append(found, d.getsOf(r.Resources)...)
	}
	return found
}

// isOperation reports whether a schema has the fields of google.longrunning.Operation.
func (d document) isOperation(schema string) bool {
	properties := d.Schemas[schema].Properties
	for _, field := range []string{"name", "done", "metadata", "error", "response"} {
		if _, ok := properties[field]; !ok {
			return false
		}
	}
	return true
}
