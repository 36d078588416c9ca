package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

func get(b bench) (any, error) { return b.client.GetOperation(b.ctx, b.ref) }

// operationWith is the operation of all rows, changed.
func operationWith(change func(*lro.Operation)) lro.Operation {
	op := lro.Operation{Name: operationName}
	change(&op)
	return op
}

// exactJSON holds what decoding and encoding again would change: numbers over
// 2^53, digits of a fraction, fields of an unknown type.
const exactJSON = `{"@type":"type.googleapis.com/example.Unknown","big":12345678901234567890,"exact":1.10,"deep":{"null":null}}`

// exactBytes is what gRPC can have in its place: a message of an unknown type.
const exactBytes = `{"@type":"type.googleapis.com/example.Unknown","@value":"AAH/"}`

// getRows are the shapes an operation can have. exactJSON is of a type that is not known.
func getRows(exactJSON string) []row {
	exact := json.RawMessage(exactJSON)
	large := `{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"` + strings.Repeat("x", 3<<20) + `"}`
	return []row{
		{
			name: "running", reason: "done is absent while it runs",
			script: testsuite.Script{RunsFor: time.Hour}, run: get, want: operationWith(func(*lro.Operation) {}),
		},
		{
			name: "metadata", reason: "metadata of an unknown type is kept value for value",
			script: testsuite.Script{RunsFor: time.Hour, Metadata: testsuite.RawMetadata(exactJSON)}, run: get,
			want: operationWith(func(op *lro.Operation) { op.Metadata = exact }),
		},
		{
			name: "response", reason: "so is a response",
			script: testsuite.Script{End: testsuite.Succeed(exactJSON)}, run: get,
			want: operationWith(func(op *lro.Operation) { op.Done, op.Response = true, exact }),
		},
		{
			name: "failed", reason: "and so are the details of an error; its code is the number of google.rpc.Code",
			script: testsuite.Script{End: testsuite.Fail(lro.CodeFailedPrecondition, "no", exactJSON)}, run: get,
			want: operationWith(func(op *lro.Operation) {
				op.Done = true
				op.Error = &lro.Status{Code: lro.CodeFailedPrecondition, Message: "no", Details: []json.RawMessage{exact}}
			}),
		},
		{
			name: "done with neither", reason: "it is success with an empty response",
			script: testsuite.Script{End: testsuite.Succeed(nil)}, run: get,
			want: operationWith(func(op *lro.Operation) { op.Done = true }),
		},
		{
			name: "large response", reason: "3 MB arrive: what does not fit Temporal is for the activities to drop",
			script: testsuite.Script{End: testsuite.Succeed(large)}, run: responseSize, want: len(large),
		},
	}
}

// jsonRows are shapes that only JSON has.
func jsonRows() []row {
	return []row{
		{
			name: "nulls", reason: "null is absent",
			options: answer(`{"name":"` + operationName + `","done":true,"metadata":null,"error":null,"response":null}`), run: get,
			want: operationWith(func(op *lro.Operation) { op.Done = true }),
		},
		{
			name: "error with code 0", reason: "an error is never a success",
			options: answer(`{"name":"` + operationName + `","done":true,"error":{"code":0}}`), run: get,
			failure: &expected{class: lro.ClassProtocol},
		},
		{
			name: "error and response", reason: "either may hold",
			options: answer(`{"name":"` + operationName + `","done":true,"error":{"code":9},"response":{}}`), run: get,
			failure: &expected{class: lro.ClassProtocol},
		},
		{
			name: "an array", reason: "JSON that is no object is no operation",
			options: answer(`[]`), run: get, failure: &expected{class: lro.ClassProtocol},
		},
	}
}

// answer is a service that answers with the given body, for the shapes that no
// operation should have.
func answer(body string) testsuite.Options {
	return testsuite.Options{Faults: []testsuite.Fault{testsuite.Body(http.StatusOK, "application/json", body)}}
}

func responseSize(b bench) (any, error) {
	op, err := b.client.GetOperation(b.ctx, b.ref)
	return len(op.Response), err
}

func list(b bench, in lro.ListRequest) (lro.Page, error) {
	if in.Collection.IsZero() {
		in.Collection = lro.Collection{Service: b.ref.Service, Name: "projects/p/instances/i/databases/d/operations"}
	}
	return b.client.ListOperations(b.ctx, in)
}

// names walks all pages and returns the operations' last segments, a comma
// after each page.
func names(b bench, in lro.ListRequest) (any, error) {
	text := ""
	for {
		page, err := list(b, in)
		if err != nil {
			return "", err
		}
		for _, op := range page.Operations {
			text += op.Name[strings.LastIndexByte(op.Name, '/')+1:] + " "
		}
		if page.NextPageToken == "" {
			return text, nil
		}
		text, in.PageToken = text+", ", page.NextPageToken
	}
}

// crowd starts three more operations.
func crowd(b bench) {
	for i, script := range []testsuite.Script{{}, {RunsFor: time.Hour}, {RunsFor: time.Hour, End: testsuite.Fail(lro.CodeAborted, "no")}} {
		b.service.Start(fmt.Sprintf("projects/p/instances/i/databases/d/operations/o%d", i), script)
	}
	b.service.Start("projects/p/instances/i/backups/b/operations/elsewhere", testsuite.Script{})
}

func listed(in lro.ListRequest) func(bench) (any, error) {
	return func(b bench) (any, error) {
		crowd(b)
		return names(b, in)
	}
}

// aggregate is a collection of the instance.
func aggregate(last string) lro.Collection {
	return lro.Collection{Service: lro.SpannerService, Name: "projects/p/instances/i/" + last}
}

// listRows are lists the service answers.
func listRows(exactJSON string) []row {
	return []row{
		{
			name: "one", reason: "an operation is listed as Get reads it",
			script: testsuite.Script{End: testsuite.Succeed(exactJSON), Metadata: testsuite.RawMetadata(exactJSON)},
			run:    func(b bench) (any, error) { return list(b, lro.ListRequest{}) },
			want: lro.Page{Operations: []lro.Operation{operationWith(func(op *lro.Operation) {
				op.Done, op.Metadata, op.Response = true, json.RawMessage(exactJSON), json.RawMessage(exactJSON)
			})}},
		},
		{
			name: "all", reason: "a collection holds its own operations only",
			run: listed(lro.ListRequest{}), want: "o2 o1 o0 o ",
		},
		{
			name: "pages", reason: "the page size is sent, and the token of each page gives the next",
			run: listed(lro.ListRequest{PageSize: 3}), want: "o2 o1 o0 , o ",
		},
		{
			name: "filter", reason: "the filter is sent as it is, signs and spaces included",
			run: listed(lro.ListRequest{Filter: `(done:false) AND (name != "a&b=c+d %2F #")`}), want: "o2 o1 ",
		},
		{
			name: "filter and pages", reason: "the filter is sent for every page",
			run: listed(lro.ListRequest{Filter: "done=false", PageSize: 1}), want: "o2 , o1 ",
		},
		{
			name: "empty page", reason: "a page may be empty and have a next",
			options: testsuite.Options{SparsePages: true},
			run:     listed(lro.ListRequest{Filter: "done=true", PageSize: 2}), want: ", o0 o ",
		},
		{
			name: "nothing there", reason: "an empty reply is an empty page",
			run: listed(lro.ListRequest{Collection: aggregate("operations")}), want: "",
		},
	}
}

// aggregateRows are lists across children, which have no method of google.longrunning.
func aggregateRows() []row {
	return []row{
		{
			name: "aggregate", reason: "Spanner's collections across children are collections",
			run: listed(lro.ListRequest{Collection: aggregate("backupOperations")}), want: "elsewhere ",
		},
	}
}

// refusedListRows are lists the service refuses, in whole or in part.
func refusedListRows() []row {
	return []row{
		{
			name: "unreachable", reason: "under return partial success, what is missing is named",
			options: testsuite.Options{Unreachable: []string{"projects/p/instances/i/databases/d"}},
			run: func(b bench) (any, error) {
				return list(b, lro.ListRequest{ReturnPartialSuccess: true})
			},
			want: lro.Page{Unreachable: []string{"projects/p/instances/i/databases/d"}},
		},
		{
			name: "unreachable, all asked for", reason: "without it, the list fails",
			options: testsuite.Options{Unreachable: []string{"projects/p/instances/i/databases/d"}},
			run:     func(b bench) (any, error) { return list(b, lro.ListRequest{}) },
			failure: &expected{class: lro.ClassTransient, code: lro.CodeUnavailable},
		},
		{
			name: "bad token", reason: "the service's refusal arrives",
			run:     func(b bench) (any, error) { return list(b, lro.ListRequest{PageToken: "made up"}) },
			failure: &expected{class: lro.ClassPermanent, code: lro.CodeInvalidArgument},
		},
		{
			name: "bad filter", reason: "so does that of a filter",
			run:     func(b bench) (any, error) { return list(b, lro.ListRequest{Filter: "((("}) },
			failure: &expected{class: lro.ClassPermanent, code: lro.CodeInvalidArgument},
		},
	}
}
