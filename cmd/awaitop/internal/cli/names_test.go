package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"

	"github.com/awaitop/awaitop/lro"
)

const operationName = "projects/p/instances/i/operations/o"

// configured is a naming with a configuration of those services.
func configured(t *testing.T, flag string, services ...string) *naming {
	t.Helper()
	text := ""
	for _, service := range services {
		text += "  - name: " + service + "\n"
	}
	if text != "" {
		text = "services:\n" + text
	}
	return &naming{service: flag, path: written(t, text)}
}

// written is a file with a configuration.
func written(t *testing.T, config string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "awaitop.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNamedOperation(t *testing.T) {
	t.Parallel()
	const alloydb, run, located = "alloydb.googleapis.com", "run.googleapis.com", "projects/p/locations/l/operations/o"
	tests := map[string]struct {
		reason   string
		argument string
		flag     string
		services []string
		want     string // "" for a refusal
		refusal  string
	}{
		"full":             {"it has its service", "//" + alloydb + "/" + located, "", nil, "//" + alloydb + "/" + located, ""},
		"full, and a flag": {"the argument says more", "//" + alloydb + "/" + located, run, nil, "//" + alloydb + "/" + located, ""},
		"workflow id":      {"as `awaitop await` prints it", "await://" + alloydb + "/" + located, "", nil, "//" + alloydb + "/" + located, ""},
		"short":            {"of Spanner by default", operationName, "", nil, "//" + lro.SpannerService + "/" + operationName, ""},
		"flag":             {"before the configuration", located, alloydb, []string{run}, "//" + alloydb + "/" + located, ""},
		"one service":      {"the configuration's", located, "", []string{alloydb}, "//" + alloydb + "/" + located, ""},
		"one that fits":    {"of the configuration's", operationName, "", []string{alloydb, lro.SpannerService}, "//" + lro.SpannerService + "/" + operationName, ""},
		"two fit":          {"a guess may cancel another's", located, "", []string{alloydb, run}, "", "projects/p/locations/l/operations/o: of which service? want //SERVICE/NAME, or --service with one of alloydb.googleapis.com, run.googleapis.com"},
		"none fits":        {"of those that are configured", operationName, "", []string{alloydb, run}, "", `ref.name: "projects/p/instances/i/operations/o"; want a name of alloydb.googleapis.com, run.googleapis.com, the services of the configuration`},
		"a resource":       {"it names no operation", "projects/p/instances/i", "", nil, "", `ref.name: "projects/p/instances/i" names no operation`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ref, err := configured(t, tt.flag, tt.services...).ref(tt.argument)
			if tt.want != "" && (err != nil || ref.String() != tt.want) {
				t.Errorf("%s: %q, %v, want %q", tt.reason, ref, err, tt.want)
			}
			if tt.want == "" && (err == nil || !strings.HasPrefix(err.Error(), tt.refusal)) {
				t.Errorf("%s: %q, %v, want the error %q", tt.reason, ref, err, tt.refusal)
			}
		})
	}
}

func TestNamedWorkflow(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason   string
		argument string
		flag     string
		want     string // "" for a refusal
	}{
		"ref":            {"its wait", "//" + lro.SpannerService + "/" + operationName, "", "await://" + lro.SpannerService + "/" + operationName},
		"short":          {"its wait too", operationName, "", "await://" + lro.SpannerService + "/" + operationName},
		"id of a wait":   {"as it is", "await://x.example.com/operations/o", "", "await://x.example.com/operations/o"},
		"id":             {"as it is", "provision-42", "", "provision-42"},
		"id like a path": {"no operation is named so", "teams/a/provision-42", "", "teams/a/provision-42"},
		"wrong ref":      {"two slashes mean a REF", "//" + lro.SpannerService + "/projects/p", "", ""},
		"wrong name":     {"the flag means a name", "projects/p/operations/o", "alloydb.googleapis.com", ""},
		"none":           {"of what?", "", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to, err := configured(t, tt.flag).target(tt.argument)
			if to.id != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("%s: %q, %v, want %q", tt.reason, to.id, err, tt.want)
			}
		})
	}
}

// What a command prints is what the next one takes: the id of a wait and its REF name the same operation.
func TestShownName(t *testing.T) {
	t.Parallel()
	n := configured(t, "")
	for _, argument := range []string{operationName, "//x.example.com/operations/o", "await://x.example.com/operations/o", "provision-42", "await:0123"} {
		to, err := n.target(argument)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := n.target(shownName(to.id)); err != nil || again.id != to.id {
			t.Errorf("%s is %s, shown as %s, and that is %s, %v", argument, to.id, shownName(to.id), again.id, err)
		}
	}
}

// A workflow that is named like an operation is found if the operation has no wait.
func TestFound(t *testing.T) {
	t.Parallel()
	gone, refused := serviceerror.NewNotFound("gone"), errors.New("refused")
	const ref = "//" + lro.SpannerService + "/" + operationName
	tests := map[string]struct {
		reason   string
		argument string
		answers  map[string]error // by workflow id; others are gone
		want     string           // the id that was found
		err      error
	}{
		"its wait":     {"is meant", operationName, map[string]error{"await:" + ref: nil, operationName: nil}, "await:" + ref, nil},
		"a workflow":   {"of that name", operationName, map[string]error{operationName: nil}, operationName, nil},
		"neither":      {"the first error", operationName, nil, "", gone},
		"refused":      {"no other is asked", operationName, map[string]error{"await:" + ref: refused, operationName: nil}, "", refused},
		"a REF":        {"is no workflow id", ref, map[string]error{ref: nil}, "", gone},
		"a second one": {"its error counts", operationName, map[string]error{operationName: refused}, "", refused},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to, err := configured(t, "").target(tt.argument)
			if err != nil {
				t.Fatal(err)
			}
			got, err := found(tt.argument, to.id, func(id string) (string, error) {
				err, there := tt.answers[id]
				switch {
				case !there:
					return "", gone
				case err != nil:
					return "", err
				}
				return id, nil
			})
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("%s: %q, %v, want %q, %v", tt.reason, got, err, tt.want, tt.err)
			}
		})
	}
}

// A shell completes a name with its service, or without one as it was begun.
func TestCompletedName(t *testing.T) {
	t.Parallel()
	const id = "await://" + lro.SpannerService + "/" + operationName
	tests := map[string]struct{ reason, id, begun, want string }{
		"nothing typed": {"the whole REF", id, "", shownName(id)},
		"a REF":         {"as it was begun", id, "//sp", shownName(id)},
		"a name":        {"of the default service", id, "proj", operationName},
		"another's":     {"it needs its service", "await://x.example.com/operations/o", "oper", "//x.example.com/operations/o"},
		"an id":         {"is no REF", "provision-42", "prov", "provision-42"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &command{naming: *configured(t, "")}
			if got := c.completed(tt.id, tt.begun); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
			}
		})
	}
}

// Every command on a wait, and each on an operation, has the flags that name a service.
func TestNamingFlags(t *testing.T) {
	t.Parallel()
	eachCommand(func(cmd *cobra.Command) {
		if cmd.Args == nil || cmd.Args(cmd, []string{"x"}) != nil || cmd.Name() == "help" || cmd.Name() == "methods" {
			return // it takes no operation's name
		}
		for _, flag := range []string{"service", "config"} {
			if cmd.Flag(flag) == nil {
				t.Errorf("%s has no --%s", cmd.CommandPath(), flag)
			}
		}
	})
}
