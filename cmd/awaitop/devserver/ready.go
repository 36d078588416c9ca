package devserver

import (
	"context"
	"log/slog"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/awaitop/awaitop/internal/readiness"
)

// questionWithin bounds one question, so that a port that accepts and says
// nothing costs no more than this.
const questionWithin = 5 * time.Second

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
	return readiness.Page(ctx, s.UIURL()) // which comes up in its own time
}
