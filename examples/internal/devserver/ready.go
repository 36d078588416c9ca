package devserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

const (
	// readyWithin is generous: a start takes 1 to 3 s on two idle cores.
	readyWithin = time.Minute
	readyEvery  = 100 * time.Millisecond
	// questionWithin bounds one question, so that a port that accepts and says
	// nothing costs no more than this.
	questionWithin = 5 * time.Second
)

// errEnded says that the process ended before it answered; its log, if kept,
// says why.
var errEnded = errors.New("the process ended before it answered")

// ready returns nil once the server answers, or why it will not.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	ticker := time.NewTicker(readyEvery)
	defer ticker.Stop()
	for {
		err := s.answers(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.process.ended:
			return errEnded
		case <-ctx.Done():
			return fmt.Errorf("%w; last answer: %w", ctx.Err(), err)
		case <-ticker.C:
		}
	}
}

// answers counts the workflows of the namespace: that takes the frontend, the
// namespace's registry and the visibility store, where dialing takes only the
// first.
func (s *Server) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, questionWithin)
	defer cancel()
	c, err := client.DialContext(ctx, client.Options{
		HostPort: s.Address(),
		Logger:   log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: "default"}); err != nil {
		return err
	}
	if !s.options.UI {
		return nil
	}
	return page(ctx, s.UIURL())
}

// page asks for the UI's first page, which comes up in its own time.
func page(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}
