package main

import (
	"os"
	"strings"
	"testing"
)

// key tells a line from all others of a file.
type key struct{ service, line string }

// keyed are the lines of a file by key. The service's own line has the key "".
func keyed(t *testing.T, name string) map[key]string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	found := map[key]string{}
	var service string
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSuffix(line, "\n")
		fields := strings.Split(line, "\t")
		k := key{service, fields[0]}
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case fields[0] == "service":
			service = fields[1] + "/" + fields[2]
			k = key{service, ""}
		case fields[0] == "ops":
			k.line += " " + fields[1]
		}
		if _, twice := found[k]; twice {
			t.Errorf("%s: %s %s is there twice", name, k.service, k.line)
		}
		found[k] = line
	}
	return found
}

// TestHandLines wants each line by hand to say something that the document of its service does not.
func TestHandLines(t *testing.T) {
	t.Parallel()
	generated, byHand := keyed(t, "../../catalog/catalog.txt"), keyed(t, "../../catalog/hand.txt")
	replaced := map[string]bool{} // services with a collection that is taken out
	for k, line := range byHand {
		replaced[k.service] = replaced[k.service] || strings.HasPrefix(line, "ops\t") && strings.HasSuffix(line, "\t-")
	}
	for k, line := range byHand {
		was, known := generated[k]
		_, served := generated[key{k.service, ""}]
		switch {
		case known && was == line:
			t.Errorf("%s %s: the document says the same now: remove the line", k.service, k.line)
		case !known && served && (!strings.HasPrefix(line, "ops\t") || !replaced[k.service]):
			t.Errorf("%s %s: the document has it no more: remove the line", k.service, k.line)
		case !served && !strings.Contains(line, ".googleapis.com"):
			if own, ok := byHand[key{k.service, ""}]; !ok || strings.Count(own, "\t") < 3 {
				t.Errorf("%s %s: there is no such service: remove the line, or give the service a host", k.service, k.line)
			}
		}
	}
}

// TestHandReasons wants a comment above each line by hand that says something.
func TestHandReasons(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../catalog/hand.txt")
	if err != nil {
		t.Fatal(err)
	}
	var above string
	for line := range strings.Lines(string(raw)) {
		own := strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") && (!strings.HasPrefix(line, "service\t") || strings.Count(line, "\t") > 2)
		if taken := strings.HasSuffix(strings.TrimSpace(above), "\t-"); own && !strings.HasPrefix(above, "#") && !taken {
			t.Errorf("no reason above %q", line)
		}
		above = line
	}
}
