package awaitop_test

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentedPackages wants README.md to name each package that a program can import.
func TestDocumentedPackages(t *testing.T) {
	t.Parallel()
	readme := file(t, "README.md")
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir():
			if folder := filepath.Dir(path); filepath.Base(path) == "doc.go" && folder != "." && !strings.Contains(readme, "]("+filepath.ToSlash(folder)+")") {
				t.Errorf("README.md does not name %s", folder)
			}
			return nil
		case path != "." && strings.HasPrefix(entry.Name(), "."), entry.Name() == "internal", entry.Name() == "testdata", path == "cmd", path == "examples":
			return filepath.SkipDir
		default:
			return nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
