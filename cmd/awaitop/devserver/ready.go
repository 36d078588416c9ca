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

// answerWithin bounds one check, because a port may accept a connection and never answer.
const answerWithin = 5 * time.Second

// answers checks that the server counts the workflows of the namespace. A count needs the frontend, the registry of
// namespaces and the visibility store. A connection needs the frontend only.
func (s *Server) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
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
	return readiness.Page(ctx, s.UIURL()) // the Web UI starts on its own
}
