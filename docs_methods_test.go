package awaitop_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/internal/golden"
)

// TestDocumentedMethods wants docs/methods.md to be what the catalog says. -update writes it.
func TestDocumentedMethods(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	page.WriteString(methodsHead)
	writeClasses(&page)
	page.WriteString("\n## Creates\n\n" + createsHead)
	for _, section := range createSections {
		writeCreates(t, &page, section.title, section.methods)
	}
	page.WriteString("\n## Services\n\n" + servicesHead)
	writeServices(&page)
	golden.Text(t, "../docs/methods.md", page.String())
}

const methodsHead = `# The methods that start operations

Generated from [` + "`catalog`" + `](../catalog) by ` + "`go test . -run TestDocumentedMethods -update`" + `. It says what Google's
discovery documents say. None of it was tried on a live service. [Any service](any-service.md) says how to start them.

All methods of a service, and all that is known of one:

` + "```sh" + `
awaitop methods bigtableadmin
awaitop methods bigtableadmin.projects.instances.create
` + "```" + `

## How an operation is found again

A reply can be lost, and a worker can die. The class of a method is the best that tells its operation from all others
then. The first row that applies is the method's. A method in two versions of a service counts twice.

`

const createsHead = `The methods that make a resource, of services that programs provision most. The last part of the target is the id, and
the step sets it. If the service chooses the id, the target is the collection. For Spanner use the steps of
[provisioning.md](provisioning.md), which know more than the catalog.

| undo | a saga |
|---|---|
| operation | deletes the resource by an operation, and awaits it |
| plain | deletes the resource by a call that is no operation |
| yours | refuses the step, unless you [say what its undo is](any-service.md#5-undo) |
`

const servicesHead = `"Undoable" counts the methods that make what a saga can delete. The columns behind it count the methods of each class.

`

// classMeanings says what each class asks of the caller.
var classMeanings = map[catalog.Exactness]string{
	catalog.ByRequestID:     "one operation: the service starts one for one id. It forgets the id after about an hour. From then on, as the rows below that apply",
	catalog.ByLabel:         "one operation: the resource bears the step's key",
	catalog.ByIDAndMetadata: "one operation: it was not there before the call. If somebody else makes the same name in that moment, and the reply is lost, the step takes that one for its own",
	catalog.ByMetadata:      "the same, of an operation of the same method on the same target, if the service lists those. Otherwise it starts with `MayStartTwice` only",
	catalog.ByIDAndAge:      "the same, of a resource of the same name: operations do not tell their target",
	catalog.ByAge:           "the same, if the operation's name or metadata has the target, and the service lists it. Otherwise it starts with `MayStartTwice` only",
	catalog.ByNothing:       "one or two operations. It starts with `MayStartTwice` only",
}

// classes are all exactness classes, the best first.
func classes() []catalog.Exactness { return slices.Sorted(maps.Keys(classMeanings)) }

func writeClasses(page *strings.Builder) {
	counts := map[catalog.Exactness]int{}
	for _, s := range catalog.Services() {
		for class, n := range classesOf(s) {
			counts[class] += n
		}
	}
	page.WriteString("| class | methods | after a lost reply |\n|---|---|---|\n")
	for _, class := range classes() {
		fmt.Fprintf(page, "| %s | %s | %s |\n", class, thousands(counts[class]), classMeanings[class])
	}
}

func classesOf(s *catalog.Service) map[catalog.Exactness]int {
	counts := map[catalog.Exactness]int{}
	for _, m := range s.Methods() {
		counts[m.Exactness]++
	}
	return counts
}

// createSections are the services whose creates the page shows, and which of them.
var createSections = []struct {
	title   string
	methods []string // beginnings of ids
}{
	{"AlloyDB", []string{"alloydb."}},
	{"Spanner", []string{"spanner."}},
	{"Cloud SQL", []string{"sql."}},
	{"Bigtable", []string{"bigtableadmin."}},
	{"Firestore", []string{"firestore."}},
	{"Memorystore", []string{"memorystore.", "redis.", "memcache."}},
	{"Datastream", []string{"datastream."}},
	{"Networks and addresses of Compute Engine", []string{"compute.networks.", "compute.subnetworks.", "compute.addresses.", "compute.globalAddresses.", "compute.firewalls.", "compute.routers."}},
	{"Service networking", []string{"servicenetworking."}},
	{"Kubernetes Engine", []string{"container.projects.locations."}},
	{"Cloud Run", []string{"run."}},
}

func writeCreates(t *testing.T, page *strings.Builder, title string, beginnings []string) {
	t.Helper()
	fmt.Fprintf(page, "\n### %s\n\n| method | target | found again by | undo | `validateOnly` |\n|---|---|---|---|---|\n", title)
	for _, beginning := range beginnings {
		creates := createsOf(beginning)
		if len(creates) == 0 {
			t.Errorf("no method begins with %q", beginning)
		}
		for _, m := range creates {
			fmt.Fprintf(page, "| `%s` | `%s` | %s | %s | %s |\n", m.ID, m.Target(), foundBy(m), undoOf(m), yes(m.ValidateOnly.In != catalog.Nowhere))
		}
	}
}

// createsOf are the methods that make a resource and whose ids have a beginning, by id.
func createsOf(beginning string) []*catalog.Method {
	var found []*catalog.Method
	for _, s := range catalog.Services() {
		for _, m := range s.Methods() {
			if m.Makes() && strings.HasPrefix(m.ID, beginning) {
				found = append(found, m)
			}
		}
	}
	return found
}

// foundBy is the class of a method, or why it cannot be started.
func foundBy(m *catalog.Method) string {
	switch {
	case m.CheckID() != nil:
		return "not started: it is not known where the id stands"
	case m.IDPlace.In == catalog.ByServer:
		return m.Exactness.String() + "; id by the service"
	default:
		return m.Exactness.String()
	}
}

func undoOf(m *catalog.Method) string {
	switch {
	case m.CheckUndo() != nil || m.CheckID() != nil:
		return "yours"
	case m.Delete == catalog.DeleteByOperation:
		return "operation"
	default:
		return "plain"
	}
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

func writeServices(page *strings.Builder) {
	page.WriteString("| service | version | methods | undoable |")
	for _, class := range classes() {
		fmt.Fprintf(page, " %s |", class)
	}
	page.WriteString("\n|---|---|---|---|" + strings.Repeat("---|", len(classes())) + "\n")
	for _, s := range catalog.Services() {
		if len(s.Methods()) == 0 {
			continue
		}
		fmt.Fprintf(page, "| `%s` | %s | %d | %s |", s.Host, s.Version, len(s.Methods()), some(undoable(s)))
		counts := classesOf(s)
		for _, class := range classes() {
			fmt.Fprintf(page, " %s |", some(counts[class]))
		}
		page.WriteString("\n")
	}
}

// some is a count, nothing for none.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func undoable(s *catalog.Service) (n int) {
	for _, m := range s.Methods() {
		if undoOf(m) != "yours" {
			n++
		}
	}
	return n
}
