package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/spanner"
)

// shop is a site in a namespace of its own, with a backup under way, one that is short, and one that nobody may read. That
// one is of another instance: a List would tell of it all the same.
func shop(t *testing.T, name string, faults ...testsuite.Fault) (s *site, environment []string) {
	t.Helper()
	namespace(t, name)
	s = newSite(t, testsuite.Options{Faults: faults})
	s.queue = "backups"
	s.client = dialIn(t, name)
	environment = []string{"TEMPORAL_NAMESPACE=" + name}
	s.serve("", environment...)
	s.backups()
	return s, environment
}

// backups awaits them.
func (s *site) backups() {
	s.t.Helper()
	metadata := testsuite.ProgressMetadata("google.spanner.admin.database.v1.CreateBackupMetadata", nil)
	denied := testsuite.PermissionDenied().Calls(2, 0).On(testsuite.MethodGet, testsuite.MethodList)
	for _, backup := range []struct {
		name   string
		script testsuite.Script
	}{
		{"orders/backups/archive", testsuite.Script{RunsFor: 10 * time.Minute, Metadata: metadata}},
		{"orders/backups/hourly", testsuite.Script{RunsFor: 30 * time.Second, Metadata: metadata}},
		{"returns/backups/nightly", testsuite.Script{End: testsuite.RunForever(), Faults: []testsuite.Fault{denied}}},
	} {
		ref := s.service.Start("projects/shop/instances/"+backup.name+"/operations/o", backup.script)
		id := s.await(ref, workflows.AwaitOptions{HeartbeatTimeout: 5 * time.Second, Policy: lro.PollPolicy{InitialInterval: 2 * time.Second}})
		eventually(s.t, func() error {
			status, err := control.Describe(s.t.Context(), s.client, id, control.Options{WithoutQuery: true})
			if err == nil && (len(status.Waits) == 0 || !known(status.Waits[0], len(backup.script.Faults) > 0)) {
				err = fmt.Errorf("%s is not as it will be", ref)
			}
			return err
		})
	}
}

// known reports whether a wait shows its progress or, if its reads fail, why.
func known(w control.Wait, fails bool) bool {
	if fails {
		return w.LastError != nil
	}
	return w.Progress.Known
}

// list shows what is in trouble first, and says once what the names share.
func TestRecordingList(t *testing.T) {
	t.Parallel()
	_, environment := shop(t, "shop-list")
	f := newFilm(t, "list", "list: trouble first, with a bar for each wait", 100)
	f.environment = environment
	for _, args := range [][]string{{"list"}, {"list", "--trouble"}} {
		f.run(args...)
		f.frame("what is wrong stands below its wait", "PERMISSION_DENIED")
		f.process.wait(t).wants(t, 0)
	}
}

// A table that is watched is drawn again in place. Its last state stays when a person leaves.
func TestRecordingWatch(t *testing.T) {
	t.Parallel()
	_, environment := shop(t, "shop-watch")
	f := newFilm(t, "list-watch", "list --watch: a live table", 100)
	f.environment = environment
	f.run("list", "--watch")
	if err := f.on.Resize(100, 12); err != nil {
		t.Fatal(err)
	}
	f.frame("trouble comes first; between two reads a bar moves by the estimate", "~1")
	f.frame("a wait has ended, and stays for a minute", "succeeded")
	if err := f.on.Resize(66, 12); err != nil {
		t.Fatal(err)
	}
	f.frameWhen("in a smaller window the columns go that are needed least", "without NEXT", func(screen string) bool {
		return strings.Contains(screen, "q quits") && !strings.Contains(screen, "NEXT")
	})
	if err := f.on.Type("\x03"); err != nil {
		t.Fatal(err)
	}
	f.process.wait(t).wants(t, 130)
	f.frameWhen("after Ctrl-C the terminal is as it was, with the last table", "without the live one", func(screen string) bool {
		return strings.Contains(screen, "blocked") && !strings.Contains(screen, "q quits")
	})
}

// openShop makes an instance, fails, and cannot undo it for a while. It sets no search attribute.
func openShop(ctx workflow.Context, instance, pollQueue string, window time.Duration) error {
	options := undoOptions(pollQueue, window)
	options.Steps.Await.SearchAttributes = false
	return workflows.WithSaga(ctx, options, func(ctx workflow.Context, saga *workflows.Saga) error {
		if _, err := workflows.Run(ctx, saga, spanner.CreateInstance(instance, spanner.Instance{})); err != nil {
			return err
		}
		return temporal.NewApplicationError("the shop has no name", "NoName")
	})
}

// A stuck undo stands first of all, without a search attribute of awaitop's, until the cause is mended.
func TestRecordingStuckUndo(t *testing.T) {
	t.Parallel()
	denied := testsuite.PermissionDenied().On("DeleteInstance").Times(40)
	s, environment := shop(t, "shop-undo", denied)
	const id, instance = "open-shop", "projects/shop/instances/carts"
	run := s.runOn(s.sagas(), id, nil, openShop, instance, s.queue, 2*time.Hour)
	eventually(t, func() error { // the server's list lags behind
		if p := startIn(t, append(environment, "TEMPORAL_ADDRESS="+dev.Address()), "list").wait(t); !strings.Contains(p.out.String(), "undo stuck") {
			return fmt.Errorf("no stuck undo in:\n%s", p.out.String())
		}
		return nil
	})
	f := newFilm(t, "stuck-undo", "list and describe: an undo that fails on every try, and the end of its saga", 100)
	f.environment = environment
	show := func(caption, text string, args ...string) {
		f.run(args...)
		f.frame(caption, text)
		f.process.wait(t).wants(t, 0)
	}
	show("the undo stands first, with the reason, its tries, and until when it is tried", "undo stuck", "list")
	show("describe says the same, and what the saga undoes", "PERMISSION_DENIED (try", "describe", id)
	if err := run.Get(t.Context(), nil); err == nil {
		t.Fatal("the saga has not failed")
	}
	show("the permission was granted: the instance is gone, and the saga failed for its own reason", "NoName", "describe", id)
}

// A saga that could not undo everything names what is left.
func TestRecordingFailedSaga(t *testing.T) {
	t.Parallel()
	denied := testsuite.PermissionDenied().On("DeleteInstance")
	s, environment := shop(t, "shop-failed", denied)
	const id = "open-shop"
	if s.runOn(s.sagas(), id, nil, openShop, "projects/shop/instances/carts", s.queue, 5*time.Second).Get(t.Context(), nil) == nil {
		t.Fatal("the saga has not failed")
	}
	f := newFilm(t, "failed-saga", "describe: a saga that could not undo everything", 100)
	f.environment = environment
	f.run("describe", id)
	f.frame("what is left, why, and why the saga undid its steps", "CompensationFailed")
	f.process.wait(t).wants(t, 0)
}
