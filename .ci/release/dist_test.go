package release_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// dist is what deploy/dist made for the system of the test.
type dist struct {
	version, binary, sbom, sums string
}

// makeDist runs deploy/dist in a clone.
func makeDist(t *testing.T, clone string) dist {
	t.Helper()
	folder := t.TempDir()
	inFolder(t, clone, "deploy/dist", folder, runtime.GOOS+"/"+runtime.GOARCH)
	d := dist{sums: filepath.Join(folder, "SHA256SUMS")}
	binaries, err := filepath.Glob(filepath.Join(folder, fmt.Sprintf("awaitop_*_%s_%s", runtime.GOOS, runtime.GOARCH)))
	if err != nil || len(binaries) != 1 {
		t.Fatalf("%v, %v: want one binary", binaries, err)
	}
	d.binary, d.sbom = binaries[0], binaries[0]+".cdx.json"
	d.version = strings.Split(filepath.Base(d.binary), "_")[1]
	return d
}

// copyOfCheckout is a clone of the checkout, with what is not committed.
func copyOfCheckout(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	inFolder(t, checkout, "cp", "-a", ".", folder)
	return folder
}

// inFolder runs a command in a folder, and returns its standard output.
func inFolder(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	var problems strings.Builder
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir, command.Stderr = folder, &problems
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, problems.String())
	}
	return string(out)
}

// Two runs make the same bytes, whose checksums are in SHA256SUMS. The binary says which version and commit it is.
// It is not parallel: the other tests then find the dependencies compiled, where two builds at once compile them twice.
func TestDist(t *testing.T) {
	clone := copyOfCheckout(t)
	d, again := makeDist(t, clone), makeDist(t, clone)
	for first, second := range map[string]string{d.binary: again.binary, d.sbom: again.sbom, d.sums: again.sums} {
		if checksum(t, first) != checksum(t, second) {
			t.Errorf("%s and %s differ", first, second)
		}
	}
	want := fmt.Sprintf("%s  %s\n%s  %s\n", checksum(t, d.binary), filepath.Base(d.binary), checksum(t, d.sbom), filepath.Base(d.sbom))
	if got := string(read(t, d.sums)); got != want {
		t.Errorf("SHA256SUMS has\n%swant\n%s", got, want)
	}
	commit := strings.TrimSpace(inFolder(t, clone, "git", "rev-parse", "HEAD"))
	says := inFolder(t, clone, d.binary, "version")
	for _, part := range []string{"awaitop version " + d.version + " ", "commit " + commit, "go1.", runtime.GOOS + "/" + runtime.GOARCH} {
		if !strings.Contains(says, part) {
			t.Errorf("awaitop version says %q, without %q", says, part)
		}
	}
	wantSBOM(t, d)
}

// wantSBOM wants the SBOM of a binary to name the binary, its commit, and each module in it with its version.
func wantSBOM(t *testing.T, d dist) {
	t.Helper()
	type component struct {
		Name, Version, Purl string
	}
	var sbom struct {
		BOMFormat string
		Metadata  struct {
			Component  component
			Properties []struct{ Name, Value string }
		}
		Components []component
	}
	if err := json.Unmarshal(read(t, d.sbom), &sbom); err != nil {
		t.Fatal(err)
	}
	if main := sbom.Metadata.Component; sbom.BOMFormat != "CycloneDX" || main.Name != binary || main.Version != d.version {
		t.Errorf("a %s of %s %s, want one of %s %s", sbom.BOMFormat, main.Name, main.Version, binary, d.version)
	}
	versions := map[string]string{}
	for _, c := range sbom.Components {
		versions[c.Name] = c.Version
		if c.Version == "" || !strings.HasPrefix(c.Purl, "pkg:golang/"+c.Name+"@") {
			t.Errorf("%s has the version %q and the address %q", c.Name, c.Version, c.Purl)
		}
	}
	module := filepath.Join(checkout, "cmd", "awaitop")
	for name, want := range map[string]string{
		library:                      d.version,
		"go.temporal.io/sdk":         required(t, module, "go.temporal.io/sdk"),
		"github.com/spf13/cobra":     required(t, module, "github.com/spf13/cobra"),
		"go.opentelemetry.io/otel":   required(t, module, "go.opentelemetry.io/otel"),
		"google.golang.org/protobuf": required(t, module, "google.golang.org/protobuf"),
		"std":                        runtime.Version(),
	} {
		if versions[name] != want {
			t.Errorf("the SBOM has %s %q, want %q", name, versions[name], want)
		}
	}
	hash := ""
	for _, property := range sbom.Metadata.Properties {
		if strings.HasSuffix(property.Name, "binary:hash:SHA-256") {
			hash = property.Value
		}
	}
	if hash != checksum(t, d.binary) {
		t.Errorf("the SBOM is of a binary of checksum %q", hash)
	}
}

func checksum(t *testing.T, name string) string {
	t.Helper()
	return fmt.Sprintf("%x", sha256.Sum256(read(t, name)))
}
