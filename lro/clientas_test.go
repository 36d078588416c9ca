package lro_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// logged logs the reads of the client that it wraps. By Unwrap it keeps all else that
// the client has.
type logged struct{ lro.Client }

func (l logged) Unwrap() lro.Client { return l.Client }

func (l logged) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	op, err := l.Client.GetOperation(ctx, ref)
	fmt.Println("read", ref.Name, op.State(), err)
	return op, err
}

// payer is a client with a quota project.
type payer struct {
	lro.Client
	project string
}

func (p payer) Serves(service string) bool { return service == lro.SpannerService }

func (p payer) QuotaProject(string) string { return p.project }

func (p payer) GetOperation(context.Context, lro.Ref) (lro.Operation, error) {
	return lro.Operation{Done: true}, nil
}

// A client that logs, and keeps what the logged one tells of its configuration.
func ExampleClientAs() {
	client := logged{payer{project: "payer"}}
	_, err := client.GetOperation(context.Background(), lro.Ref{Name: "operations/o"})
	config, ok := lro.ClientAs[lro.ClientConfig](client)
	fmt.Println(config.QuotaProject(lro.SpannerService), ok, err)
	// Output:
	// read operations/o succeeded <nil>
	// payer true <nil>
}

// hiding wraps a client and does not say so.
type hiding struct{ lro.Client }

func TestClientAs(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason string
		client lro.Client
		want   string
	}{
		{"no client", nil, ""},
		{"a client that has it", payer{project: "p"}, "p"},
		{"a client without it", logged{}, ""},
		{"below two wrappers", logged{logged{payer{project: "p"}}}, "p"},
		{"a wrapper has it, too", logged{&paying{logged{payer{project: "inner"}}}}, "outer"},
		{"below a wrapper that does not say so", hiding{payer{project: "p"}}, ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			got := ""
			config, ok := lro.ClientAs[lro.ClientConfig](row.client)
			if ok {
				got = config.QuotaProject(lro.SpannerService)
			}
			if got != row.want || ok != (row.want != "") {
				t.Errorf("got %q, %t, want %q", got, ok, row.want)
			}
		})
	}
}

// paying is a wrapper with a quota project of its own.
type paying struct{ logged }

func (*paying) Serves(string) bool { return true }

func (*paying) QuotaProject(string) string { return "outer" }
