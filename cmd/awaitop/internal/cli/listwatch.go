package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/screen"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/watch"
	"github.com/awaitop/awaitop/control"
)

// follow lists again and again until an interrupt: as a table on a terminal, else a line for each change.
func (l *listing) follow(ctx context.Context, t *connected) error {
	source, err := l.source(ctx, t)
	if err != nil {
		return err
	}
	watcher := watch.New(source, watch.Options{Interval: l.interval, RequestsPerSecond: l.options.RequestsPerSecond})
	switch {
	case l.output == "json":
		return watcher.Run(ctx, l.jsonChanges())
	case !l.Live:
		return watcher.Run(ctx, l.changes())
	}
	live := screen.Live{
		Title: fmt.Sprintf("waits of %s at %s", t.namespace, t.address), In: l.Keyboard, Out: l.Out, Profile: l.Profile,
		Environment: os.Environ(), Show: watcher.Show, Trouble: l.trouble,
	}
	interrupted, err := live.Run(ctx, watcher.Run)
	if err == nil && interrupted {
		return exitError{status: ExitDetached}
	}
	return err
}

// source is the workflows to watch. A workflow that --workflow names has to be there.
func (l *listing) source(ctx context.Context, t *connected) (watch.Source, error) {
	if len(l.workflowIDs) == 0 {
		return watch.Search{Client: t, Options: l.options}, nil
	}
	for _, id := range l.workflowIDs {
		if _, err := control.Describe(ctx, t, id, l.options.Options); err != nil {
			return nil, fmt.Errorf("describe %s: %w", id, err)
		}
	}
	return watch.Named{Client: t, IDs: l.workflowIDs, Options: l.options.Options}, nil
}

// changes prints a line for each change.
func (l *listing) changes() func(watch.Snapshot) {
	changes := waitlist.Changes{Gone: "ended", GoneWorkflow: "neither waits nor undoes any more"}
	if l.trouble {
		changes.Gone, changes.GoneWorkflow = "not in trouble any more", "not in trouble any more"
	}
	outage := outages{io: l.IO}
	return func(s watch.Snapshot) {
		outage.note(s)
		now := time.Now()
		for _, row := range changes.Since(l.rows(s.Statuses, now)) {
			fmt.Fprintln(l.Out, printable.Line(waitlist.Event(row, now), printable.MaxLine))
		}
	}
}

// jsonChanges prints the status of a workflow for each change.
func (l *listing) jsonChanges() func(watch.Snapshot) {
	seen := map[string]string{}
	outage := outages{io: l.IO}
	return func(s watch.Snapshot) {
		outage.note(s)
		now := time.Now()
		shown := make(map[string]string, len(s.Statuses)) // what is not watched any more is forgotten
		for _, status := range s.Statuses {
			key, news := status.WorkflowID+"\n"+status.RunID, waitlist.News(status, now)
			if seen[key] != news && len(l.rows([]*control.Status{status}, now)) > 0 {
				_ = l.json(status) // a pipe that is closed ends the process
			}
			shown[key] = news
		}
		seen = shown
	}
}

// outages says that the Temporal server does not answer, and that it answers again, once each.
type outages struct {
	io   IO
	down bool
}

func (o *outages) note(s watch.Snapshot) {
	switch {
	case s.Err != nil && !o.down:
		o.io.say("awaitop: %s; trying again", text(s.Err))
	case s.Err == nil && o.down:
		o.io.say("awaitop: the Temporal server answers again")
	}
	o.down = s.Err != nil
}
