package starters

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
)

// listing is a client with operations to list, in pages of one.
type listing struct {
	lro.Client
	operations []lro.Operation
	err        error
}

func (l listing) ListOperations(_ context.Context, in lro.ListRequest) (lro.Page, error) {
	at := 0
	_, _ = fmt.Sscan(in.PageToken, &at)
	if l.err != nil || at == len(l.operations) {
		return lro.Page{}, l.err
	}
	return lro.Page{Operations: l.operations[at : at+1], NextPageToken: fmt.Sprint(at + 1)}, nil
}

func TestOperationsOn(t *testing.T) {
	t.Parallel()
	op := func(name, target, verb string, at time.Time) lro.Operation {
		metadata, err := json.Marshal(map[string]any{"target": target, "verb": verb, "createTime": at})
		if err != nil {
			t.Fatal(err)
		}
		return lro.Operation{Name: name, Metadata: metadata}
	}
	all := []lro.Operation{
		op("first", "things/t", "create", earlier), op("second", "things/t", "create", later), op("update", "things/t", "update", later),
		op("other", "things/u", "create", later), {Name: "none"}, {Name: "odd", Metadata: json.RawMessage(`{"target":7}`)},
	}
	rows := []struct {
		reason string
		client listing
		verb   string
		want   []string
		fails  bool
	}{
		{"of one verb", listing{operations: all}, "create", []string{"second", "first"}, false},
		{"of each verb", listing{operations: all}, "", []string{"second", "update", "first"}, false},
		{"no list", listing{err: ofAPI(lro.CodeUnimplemented)}, "", nil, false},
		{"no parent", listing{err: ofAPI(lro.CodeNotFound)}, "", nil, false},
		{"a failed read", listing{err: ofAPI(lro.CodeUnavailable)}, "", nil, true},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			found, err := OperationsOn(t.Context(), row.client, lro.Collection{Service: service, Name: "operations"}, "things/t", row.verb)
			var got []string
			for _, o := range found {
				got = append(got, o.Name)
			}
			if diff := cmp.Diff(row.want, got); diff != "" || (err != nil) != row.fails {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}
