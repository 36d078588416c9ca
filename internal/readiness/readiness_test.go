package readiness_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/awaitop/awaitop/internal/readiness"
)

func TestAwait(t *testing.T) {
	t.Parallel()
	asked := 0
	thirdTime := func(context.Context) error {
		if asked++; asked < 3 {
			return errors.New("not yet")
		}
		return nil
	}
	if err := readiness.Await(t.Context(), nil, thirdTime); err != nil || asked != 3 {
		t.Errorf("asked %d times, %v, want 3", asked, err)
	}
	ended := make(chan struct{})
	close(ended)
	never := func(context.Context) error { return errors.New("never") }
	if err := readiness.Await(t.Context(), ended, never); !errors.Is(err, readiness.ErrEnded) {
		t.Errorf("%v, want ErrEnded", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := readiness.Await(ctx, nil, never); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the context's error", err)
	}
}

func TestPageAndRefuses(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	if err := readiness.Page(t.Context(), server.URL); err == nil {
		t.Error("a 404 counts as a page")
	}
	address := server.Listener.Addr().String()
	server.Close()
	if !readiness.Refuses(t.Context(), address) {
		t.Error("a closed server does not refuse")
	}
}
