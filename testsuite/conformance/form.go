package conformance

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// Form is a service whose operations have a form of their own, and what the service lacks. A client
// must answer a call that the service lacks with UNIMPLEMENTED, and send nothing.
type Form struct {
	// Service is a service of package catalog, such as "compute.googleapis.com". Required.
	Service string
	// Operation is the name of an operation, such as "projects/p/zones/z/operations/o". Its last
	// segment must be "o". Required.
	Operation string
	// NoCancel says that the service cannot cancel.
	NoCancel bool
	// NoDelete says that the service cannot delete the record of an operation.
	NoDelete bool
	// NoFilter says that a List takes no filter.
	NoFilter bool
	// NoPages says that a List returns all at once.
	NoPages bool
	// NoError says that an operation does not tell that it failed.
	NoError bool
}

// TestForm runs what every [lro.Client] must do with operations of another form, as parallel subtests
// of t. connect is as for [TestClient]. The service that it gets has testsuite.Options.OwnForm.
func TestForm(t *testing.T, form Form, connect func(t *testing.T, service *testsuite.Service) lro.Client) {
	rows := map[string][]row{
		"get": form.getRows(), "errors": append(errorRows(), httpErrorRows()...), "list": form.listRows(), "refused": form.refusedRows(),
		"cancel": form.orLacks(form.NoCancel, cancelRows(), cancelOnly), "delete": form.orLacks(form.NoDelete, deleteRows(), deleteOnly),
	}
	for name, rows := range rows {
		t.Run(name, func(t *testing.T) { run(t, connect, form.of(rows)) })
	}
}

// of are rows about the form's operation.
func (f Form) of(rows []row) []row {
	for i := range rows {
		rows[i].operation = f.Operation
		rows[i].options.Service, rows[i].options.OwnForm = f.Service, true
	}
	return rows
}

func cancelOnly(b bench) error { return b.client.CancelOperation(b.ctx, b.ref) }

func deleteOnly(b bench) error { return b.client.DeleteOperation(b.ctx, b.ref) }

// orLacks are the rows, or the one for a service that lacks the call.
func (f Form) orLacks(lacks bool, rows []row, call func(bench) error) []row {
	if !lacks {
		return rows
	}
	return []row{{name: "unsupported", reason: "the service has no such method", run: unsent(call), want: "unsupported, 0 calls"}}
}

// unsent is the class of a call's error, and how many calls the service saw.
func unsent(call func(bench) error) func(bench) (any, error) {
	return func(b bench) (any, error) {
		class := lro.Classify(call(b))
		return fmt.Sprintf("%s, %d calls", class, b.service.Count()), nil
	}
}

// read is the name and the state of the operation, and the code and message of its error.
func read(b bench) (any, error) {
	op, err := b.client.GetOperation(b.ctx, b.ref)
	if err != nil || op.Error == nil {
		return op.Name + " " + string(op.State()), err
	}
	return fmt.Sprintf("%s %s %s %s", op.Name, op.State(), op.Error.Code, op.Error.Message), nil
}

func (f Form) getRows() []row {
	rows := []row{
		{name: "running", reason: "it has the Ref's name", script: testsuite.Script{RunsFor: time.Hour}, run: read, want: f.Operation + " running"},
		{name: "succeeded", reason: "done without an error", run: read, want: f.Operation + " succeeded"},
		{
			name: "metadata", reason: "fields of the service's own are kept, value for value",
			script: testsuite.Script{Metadata: testsuite.RawMetadata(`{"big":12345678901234567890}`)}, run: keepsMetadata, want: true,
		},
		{name: "an array", reason: "JSON that is no object is no operation", options: answer(`[]`), run: get, failure: &expected{class: lro.ClassProtocol}},
	}
	if f.NoError {
		return rows
	}
	for _, code := range []lro.Code{lro.CodeFailedPrecondition, lro.CodeResourceExhausted, lro.CodeNotFound, lro.CodeInternal} {
		rows = append(rows, row{
			name: "failed with " + code.String(), reason: "the code and the message are kept",
			script: testsuite.Script{End: testsuite.Fail(code, "no")}, run: read,
			want: fmt.Sprintf("%s failed %s no", f.Operation, code),
		})
	}
	return rows
}

func keepsMetadata(b bench) (any, error) {
	op, err := b.client.GetOperation(b.ctx, b.ref)
	return strings.Contains(string(op.Metadata), "12345678901234567890"), err
}

func (f Form) listRows() []row {
	pages, filtered := "o2 o1 o0 , o ", row{run: f.listed(lro.ListRequest{Filter: "done=false"}), want: "o2 o1 "}
	if f.NoPages {
		pages = "o2 o1 o0 o "
	}
	if f.NoFilter {
		filtered.run, filtered.want = unsent(f.filtered), "unsupported, 0 calls"
	}
	filtered.name, filtered.reason = "filter", "a filter is sent as it is, or refused: without it the page is another"
	return []row{
		{name: "all", reason: "a collection holds its own operations", run: f.listed(lro.ListRequest{}), want: "o2 o1 o0 o "},
		{name: "pages", reason: "the page size has the service's own name", run: f.listed(lro.ListRequest{PageSize: 3}), want: pages},
		{name: "partial", reason: "a parameter that the service does not have is not sent", run: f.listed(lro.ListRequest{ReturnPartialSuccess: true}), want: "o2 o1 o0 o "},
		{name: "names", reason: "an operation has the name that a Get takes", run: f.listedName, want: f.Operation},
		filtered,
	}
}

// listed starts three more operations and lists all.
func (f Form) listed(in lro.ListRequest) func(bench) (any, error) {
	return func(b bench) (any, error) {
		for i, script := range []testsuite.Script{{}, {RunsFor: time.Hour}, {RunsFor: time.Hour}} {
			b.service.Start(fmt.Sprint(f.Operation, i), script)
		}
		in.Collection = b.ref.Collection()
		return names(b, in)
	}
}

func (f Form) filtered(b bench) error {
	_, err := list(b, lro.ListRequest{Collection: b.ref.Collection(), Filter: "done=false"})
	return err
}

func (f Form) listedName(b bench) (any, error) {
	page, err := list(b, lro.ListRequest{Collection: b.ref.Collection()})
	if err != nil || len(page.Operations) != 1 {
		return "", errors.Join(err, fmt.Errorf("%d operations", len(page.Operations)))
	}
	return page.Operations[0].Name, nil
}

func (f Form) refusedRows() []row {
	bad := map[string]lro.Ref{
		"empty":         {Service: f.Service},
		"no service":    {Name: f.Operation},
		"traversal":     {Service: f.Service, Name: strings.TrimSuffix(f.Operation, "/o") + "/../o"},
		"query":         {Service: f.Service, Name: f.Operation + "?alt=media"},
		"verb":          {Service: f.Service, Name: f.Operation + ":cancel"},
		"child":         {Service: f.Service, Name: f.Operation + "/cancel"},
		"other service": {Service: "unknown.example.com", Name: f.Operation},
		"resource":      {Service: f.Service, Name: strings.TrimSuffix(f.Operation, "/operations/o")},
	}
	return refusedOf(bad)
}
