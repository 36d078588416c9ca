package spanner_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/spanner"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// noting wraps a client, and notes the requests about resources as one that logs them.
type noting struct {
	lro.Client
	lro.ResourceClient
	calls *[]string
}

func (n noting) Unwrap() lro.Client { return n.Client }

func (n noting) RequestResource(ctx context.Context, r lro.ResourceRequest) (json.RawMessage, error) {
	*n.calls = append(*n.calls, r.Method)
	return n.ResourceClient.RequestResource(ctx, r)
}

// hiding wraps a client and does not say so.
type hiding struct{ lro.Client }

func TestWrappedClientStarts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var calls []string
	acts, err := spanner.New(activities.New(noting{b.client, b.client, &calls}, activities.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	b.acts = acts
	out, err := b.attempts().start(allStarters()[0])
	if err != nil || !out.Found {
		t.Fatalf("%+v, %v", out, err)
	}
	if want := []string{"GetInstance", "CreateInstance"}; !slices.Equal(calls, want) {
		t.Errorf("the wrapper saw %v, want %v", calls, want)
	}
}

func TestClientsWithoutStarters(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	elsewhere, err := rest.New(t.Context(), rest.Options{Services: []rest.Service{{Name: "redis.googleapis.com"}}, WithoutAuthentication: true})
	if err != nil {
		t.Fatal(err)
	}
	for reason, client := range map[string]lro.Client{
		"no HTTP":                            testsuite.ForTest(t, testsuite.Options{}),
		"another service alone":              elsewhere,
		"a wrapper that hides what it wraps": hiding{b.client},
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			acts, err := spanner.New(activities.New(client, activities.Options{}))
			var invalid *lro.InvalidError
			if acts != nil || !errors.As(err, &invalid) {
				t.Errorf("got %v, %v, want an InvalidError", acts, err)
			}
		})
	}
}
