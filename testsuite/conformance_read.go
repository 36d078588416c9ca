package testsuite

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/awaitop/awaitop/lro"
)

func get(b bench) (any, error) { return b.client.GetOperation(b.ctx, b.ref) }

// operationWith is the operation of all rows, changed.
func operationWith(change func(*lro.Operation)) lro.Operation {
	op := lro.Operation{Name: conformanceName}
	change(&op)
	return op
}

// exactJSON holds what decoding and encoding again would change: numbers over
// 2^53, digits of a fraction, fields of an unknown type.
const exactJSON = `{"@type":"type.googleapis.com/example.Unknown","big":12345678901234567890,"exact":1.10,"deep":{"null":null}}`

// getRows are the shapes an operation can have.
func getRows() []row {
	exact := json.RawMessage(exactJSON)
	return []row{
		{
			name: "running", reason: "done is absent while it runs",
			script: Script{RunsFor: time.Hour}, run: get, want: operationWith(func(*lro.Operation) {}),
		},
		{
			name: "metadata", reason: "metadata of an unknown type is kept value for value",
			script: Script{RunsFor: time.Hour, Metadata: RawMetadata(exactJSON)}, run: get,
			want: operationWith(func(op *lro.Operation) { op.Metadata = exact }),
		},
		{
			name: "response", reason: "so is a response",
			script: Script{End: Succeed(exactJSON)}, run: get,
			want: operationWith(func(op *lro.Operation) { op.Done, op.Response = true, exact }),
		},
		{
			name: "failed", reason: "and so are the details of an error; its code is the number of google.rpc.Code",
			script: Script{End: Fail(lro.CodeFailedPrecondition, "no", exactJSON)}, run: get,
			want: operationWith(func(op *lro.Operation) {
				op.Done = true
				op.Error = &lro.Status{Code: lro.CodeFailedPrecondition, Message: "no", Details: []json.RawMessage{exact}}
			}),
		},
		{
			name: "done with neither", reason: "it is success with an empty response",
			script: Script{End: DoneWithNeither()}, run: get,
			want: operationWith(func(op *lro.Operation) { op.Done = true }),
		},
		{
			name: "nulls", reason: "null is absent",
			script: Script{End: Odd(`{"name":"` + conformanceName + `","done":true,"metadata":null,"error":null,"response":null}`)}, run: get,
			want: operationWith(func(op *lro.Operation) { op.Done = true }),
		},
		{
			name: "large response", reason: "3 MB arrive: what does not fit Temporal is for the activities to drop",
			script: Script{End: SucceedLarge(3 << 20)}, run: responseSize, want: 3 << 20,
		},
		{
			name: "error with code 0", reason: "an error is never a success",
			script: Script{End: Odd(`{"name":"` + conformanceName + `","done":true,"error":{"code":0}}`)}, run: get,
			failure: &expected{class: lro.ClassProtocol},
		},
		{
			name: "error and response", reason: "nobody can say which holds",
			script: Script{End: Odd(`{"name":"` + conformanceName + `","done":true,"error":{"code":9},"response":{}}`)}, run: get,
			failure: &expected{class: lro.ClassProtocol},
		},
		{
			name: "an array", reason: "JSON that is no object is no operation",
			script: Script{End: Odd(`[]`)}, run: get, failure: &expected{class: lro.ClassProtocol},
		},
	}
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
			_, last := splitLast(op.Name)
			text += last + " "
		}
		if page.NextPageToken == "" {
			return text, nil
		}
		text, in.PageToken = text+", ", page.NextPageToken
	}
}

// crowd starts three more operations.
func crowd(b bench) error {
	for i, script := range []Script{{}, {RunsFor: time.Hour}, {RunsFor: time.Hour, End: Fail(lro.CodeAborted, "no")}} {
		if _, err := b.service.Start(fmt.Sprintf("projects/p/instances/i/databases/d/operations/o%d", i), script); err != nil {
			return err
		}
	}
	_, err := b.service.Start("projects/p/instances/i/backups/b/operations/elsewhere", Script{})
	return err
}

func listed(in lro.ListRequest) func(bench) (any, error) {
	return func(b bench) (any, error) {
		if err := crowd(b); err != nil {
			return nil, err
		}
		return names(b, in)
	}
}

// listRows are lists the service answers.
func listRows() []row {
	aggregate := func(last string) lro.Collection {
		return lro.Collection{Service: lro.SpannerService, Name: "projects/p/instances/i/" + last}
	}
	return []row{
		{
			name: "one", reason: "an operation is listed as Get reads it",
			script: Script{End: Succeed(exactJSON), Metadata: RawMetadata(exactJSON)},
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
			options: Options{SparsePages: true},
			run:     listed(lro.ListRequest{Filter: "done=true", PageSize: 2}), want: ", o0 o ",
		},
		{
			name: "aggregate", reason: "Spanner's collections across children are collections",
			run: listed(lro.ListRequest{Collection: aggregate("backupOperations")}), want: "elsewhere ",
		},
		{
			name: "nothing there", reason: "an empty reply is an empty page",
			run: listed(lro.ListRequest{Collection: aggregate("operations")}), want: "",
		},
	}
}

// refusedListRows are lists the service refuses, in whole or in part.
func refusedListRows() []row {
	return []row{
		{
			name: "unreachable", reason: "under return partial success, what is missing is named",
			options: Options{Unreachable: []string{"projects/p/instances/i/databases/d"}},
			run: func(b bench) (any, error) {
				return list(b, lro.ListRequest{ReturnPartialSuccess: true})
			},
			want: lro.Page{Unreachable: []string{"projects/p/instances/i/databases/d"}},
		},
		{
			name: "unreachable, all asked for", reason: "without it, the list fails",
			options: Options{Unreachable: []string{"projects/p/instances/i/databases/d"}},
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
