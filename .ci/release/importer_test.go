package release_test

import (
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// An importer's module graph has the modules of testdata/importer.txt. The dependencies of the binary are not
// among them. A new line is a cost for every importer: add it with -update, and say why in the commit.
func TestImporter(t *testing.T) {
	t.Parallel()
	const golden = "testdata/importer.txt"
	u := newUser(t, publish(t))
	u.run("go", "mod", "init", "example.com/importer")
	u.run("go", "mod", "edit", "-require="+library+"@"+u.version)
	got := u.run("go", "list", "-mod=mod", "-m", "-f", "{{if not .Main}}{{.Path}}{{end}}", "all")
	if *update {
		write(t, golden, []byte(got))
	}
	want := string(read(t, golden))
	if diff := cmp.Diff(strings.Fields(want), strings.Fields(got)); diff != "" {
		t.Errorf("modules of an importer (-want +got):\n%s", diff)
	}
}
