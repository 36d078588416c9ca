package serve

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// yamlBlock is a YAML block of a document.
var yamlBlock = regexp.MustCompile("(?s)```yaml[^\n]*\n(.*?)```")

// The configurations that documents show are ones.
func TestDocumentedConfigurations(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range yamlBlock.FindAllStringSubmatch(string(raw), -1) {
			if !strings.Contains("\n"+block[1], "\nservices:") {
				continue
			}
			shown++
			if _, err := ParseConfig([]byte(block[1])); err != nil {
				t.Errorf("%s: %v in:\n%s", filepath.Base(path), err, block[1])
			}
		}
	}
	if shown < 4 {
		t.Errorf("the documents show %d configurations: are they found?", shown)
	}
}
