package awaitop_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// maxColumns is the longest line of a document outside of tables, in characters. A tab counts as four.
const maxColumns = 120

// TestDocumentLines holds the lines of documents to [maxColumns]. A row of a table cannot be broken.
func TestDocumentLines(t *testing.T) {
	t.Parallel()
	for path, text := range documents(t) {
		number := 0
		for line := range strings.Lines(text) {
			number++
			columns := utf8.RuneCountInString(strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    "))
			if columns > maxColumns && !strings.HasPrefix(strings.TrimSpace(line), "|") {
				t.Errorf("%s:%d has %d columns, want at most %d", path, number, columns, maxColumns)
			}
		}
	}
}

// TestDocumentTables wants each row of a table to be one line: Markdown takes the rest of a broken one for text.
func TestDocumentTables(t *testing.T) {
	t.Parallel()
	for path, text := range documents(t) {
		for line := range strings.Lines(withoutCode(text)) {
			if row := strings.TrimSpace(line); strings.HasPrefix(row, "|") != strings.HasSuffix(row, "|") {
				t.Errorf("%s has a part of a row: %s", path, row)
			}
		}
	}
}

// link is a Markdown link or picture: its file, and the heading in it.
var link = regexp.MustCompile(`\]\(([^)#\s]*)(#[^)\s]*)?\)`)

// TestDocumentLinks wants each relative link of a document to lead to a file, and to a heading of that file
// where the link names one.
func TestDocumentLinks(t *testing.T) {
	t.Parallel()
	for path, text := range documents(t) {
		for _, found := range link.FindAllStringSubmatch(codeSpan.ReplaceAllString(withoutCode(text), ""), -1) {
			file, heading := found[1], strings.TrimPrefix(found[2], "#")
			if strings.Contains(file, "://") || strings.HasPrefix(file, "mailto:") {
				continue
			}
			target := path
			if file != "" {
				target = filepath.Join(filepath.Dir(path), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %q: %v", path, file, err)
				continue
			}
			if heading != "" && !headings(t, target)[heading] {
				t.Errorf("%s links to the heading %q, which %s does not have", path, heading, target)
			}
		}
	}
}

// TestHeadings wants the anchor that a heading has on GitHub.
func TestHeadings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"# A worker's clock is wrong":  "a-workers-clock-is-wrong",
		"## `ResultTooLarge`, and why": "resulttoolarge-and-why",
		"### 2. One step":              "2-one-step",
	} {
		if got := anchor(text); got != want {
			t.Errorf("anchor(%q) = %q, want %q", text, got, want)
		}
	}
}

// documents are the Markdown files of the repository by path. The benchmark's reports are generated.
func documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "testdata" || entry.Name() == "node_modules" || path == filepath.Join("docs", "performance")):
			return filepath.SkipDir
		case filepath.Ext(path) != ".md":
			return nil
		}
		raw, err := os.ReadFile(path)
		found[path] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found["README.md"] == "" {
		t.Fatal("README.md is not there")
	}
	return found
}

// headings are the anchors of a document's headings.
func headings(t *testing.T, path string) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	for line := range strings.Lines(withoutCode(string(raw))) {
		if strings.HasPrefix(line, "#") {
			anchors[anchor(line)] = true
		}
	}
	return anchors
}

var notInAnchor = regexp.MustCompile(`[^a-z0-9 _-]`)

// anchor is a heading's anchor as GitHub makes it: lower case, without punctuation, hyphens for spaces.
func anchor(heading string) string {
	text := strings.ToLower(strings.TrimSpace(strings.TrimLeft(heading, "#")))
	return strings.ReplaceAll(notInAnchor.ReplaceAllString(text, ""), " ", "-")
}

// withoutCode is a document without its code blocks.
func withoutCode(text string) string {
	var out strings.Builder
	code := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		} else if !code {
			out.WriteString(line)
		}
	}
	return out.String()
}
