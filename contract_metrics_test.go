package awaitop_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Instruments and attributes of OpenTelemetry, as the source makes them.
var (
	instrument   = regexp.MustCompile(`\.((?:Int64|Float64)\w+)\("([^"]+)"(?s:.{0,400}?)metric\.WithUnit\("([^"]+)"\)`)
	attributeKey = regexp.MustCompile(`attribute\.Key\("([^"]+)"\)`)
)

// instruments are the metrics of the library, each with its kind and its unit.
func instruments(t *testing.T) (all []string) {
	t.Helper()
	for _, match := range instrument.FindAllStringSubmatch(librarySource(t), -1) {
		all = append(all, match[2]+" "+match[1]+" "+match[3])
	}
	if slices.Sort(all); len(all) == 0 {
		t.Fatal("the library has no metrics")
	}
	return all
}

// attributeKeys are the attributes of metrics and spans.
func attributeKeys(t *testing.T) (all []string) {
	t.Helper()
	for _, match := range attributeKey.FindAllStringSubmatch(librarySource(t), -1) {
		all = append(all, match[1])
	}
	if slices.Sort(all); len(all) == 0 {
		t.Fatal("the library has no attributes")
	}
	return all
}

// librarySource is the source of the library's packages without their tests.
func librarySource(t *testing.T) string {
	t.Helper()
	var source strings.Builder
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." && isOtherModule(path) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		raw, err := os.ReadFile(path)
		source.Write(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return source.String()
}

func isOtherModule(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil || filepath.Base(folder) == "examples" || strings.HasPrefix(filepath.Base(folder), ".")
}
