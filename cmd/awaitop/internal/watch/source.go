package watch

import (
	"context"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/control"
)

// Source is where the statuses come from.
type Source interface {
	// Find returns the workflows to watch as a list shows them, without their waits.
	Find(ctx context.Context) ([]*control.Status, error)
	// Describe describes workflows. It leaves out those that are gone. Its error concerns all of them.
	Describe(ctx context.Context, listed []*control.Status) ([]*control.Status, error)
}

// pageSize is the most workflows of a page. It is what a Temporal server allows.
const pageSize = 1000

// Search is the workflows that a search finds.
type Search struct {
	Client  client.Client
	Options control.ListOptions
}

// Find implements [Source], with a request for each 1,000 workflows.
func (s Search) Find(ctx context.Context) ([]*control.Status, error) {
	options := s.Options
	options.WithoutDescriptions, options.PageSize, options.PageToken = true, pageSize, nil
	var found []*control.Status
	for {
		page, err := control.List(ctx, s.Client, options)
		if err != nil {
			return nil, err
		}
		found = append(found, page.Statuses...)
		if options.PageToken = page.NextPageToken; options.PageToken == nil {
			return found, nil
		}
	}
}

// Describe implements [Source].
func (s Search) Describe(ctx context.Context, listed []*control.Status) ([]*control.Status, error) {
	return control.DescribeAll(ctx, s.Client, listed, s.Options.Options)
}

// Named is workflows by their ids: the current run of each.
type Named struct {
	Client  client.Client
	IDs     []string
	Options control.Options
}

// Find implements [Source], without a request.
func (n Named) Find(context.Context) ([]*control.Status, error) {
	var found []*control.Status
	for _, id := range n.IDs {
		found = append(found, &control.Status{WorkflowID: id})
	}
	return found, nil
}

// Describe implements [Source].
func (n Named) Describe(ctx context.Context, listed []*control.Status) ([]*control.Status, error) {
	return control.DescribeAll(ctx, n.Client, listed, n.Options)
}
