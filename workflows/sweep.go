package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/lro"
)

const (
	// sweepStartToClose bounds one attempt to look or to find owners: each makes some 50 requests,
	// which may wait for their budget.
	sweepStartToClose = 30 * time.Minute
	// sweepHeartbeat is how soon the server notices that a worker died.
	sweepHeartbeat = 30 * time.Second
	// sweepAttempts bounds attempts that end without the activity's code.
	sweepAttempts = 20
	// maxLooks bounds a sweep: 100,000 requests.
	maxLooks = 2000
)

// Sweep is the workflow that looks for orphans: running operations, and resources with labels, that bear
// a key of awaitop and whose workflow does not run any more. Its registered name is [SweepName], and a
// Temporal Schedule can run it.
//
// It lists the operations and the labeled resources below each parent, finds the workflows of its
// namespace whose keys they bear, and judges each by orphans.Judge. It also finds the [AwaitOperation] workflows
// that were terminated or timed out before they could cancel their operations, as its input's LookBack says. The
// report names the orphans, and what those waits have left. By the
// input's policy it adopts those that are operations, in an [AwaitOperation] with the id [WorkflowID] on its
// own task queue, or cancels them. It changes nothing else, and deletes nothing. A sweep
// can be repeated: what one has adopted is live for the next.
//
// Its history is bounded: it continues as new. A parent that is none, or whose service the worker does not serve, is an
// lro.TypeInvalidInput for "parents[i]", and nothing is done. A parent that cannot be read is a problem in the report.
// If it is canceled, the report so far is in the details of the temporal.CanceledError.
func Sweep(ctx workflow.Context, in SweepInput) (SweepReport, error) {
	if err := in.validate(); err != nil {
		return SweepReport{}, sweepFailure(err)
	}
	s := newSweep(in)
	if err := workflow.SetQueryHandler(ctx, SweepQuery, func() (SweepReport, error) { return s.report, nil }); err != nil {
		return SweepReport{}, err
	}
	if in.Resume == nil {
		if err := s.findLeft(ctx); err != nil {
			return SweepReport{}, err
		}
	}
	for len(s.places) > 0 && s.looks < maxLooks {
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return SweepReport{}, s.renewed(ctx)
		}
		if err := s.look(ctx); err != nil {
			return SweepReport{}, err
		}
	}
	if len(s.places) > 0 {
		s.report.Incomplete = fmt.Sprintf("%d places were not looked at, because a sweep makes %d requests at most: name fewer parents", len(s.places), 50*maxLooks)
	}
	return s.report, nil
}

func sweepFailure(err error) error { return activities.NewError(lro.Invalid(lro.Ref{}, err)) }

// sweep is a sweep under way.
type sweep struct {
	in     SweepInput
	places []orphans.Place
	report SweepReport
	looks  int
	// waits are those that have left operations, left has them by operation. judged are the operations of
	// waits that were judged: a list shows them again.
	waits  []orphans.LeftWait
	left   map[lro.Ref]orphans.LeftWait
	judged map[lro.Ref]bool
}

func newSweep(in SweepInput) *sweep {
	s := &sweep{in: in, places: in.parents(), left: map[lro.Ref]orphans.LeftWait{}, judged: map[lro.Ref]bool{}}
	slices.Reverse(s.places) // the last one is looked at first
	if in.Resume != nil {
		s.resume(*in.Resume)
	}
	return s
}

// renewed continues the workflow as new.
func (s *sweep) renewed(ctx workflow.Context) error {
	in := s.in
	in.Resume = &SweepResume{Places: s.places, Report: s.report, Looks: s.looks, Left: s.waits}
	return workflow.NewContinueAsNewError(ctx, SweepName, in)
}

// look looks at the next places, and acts on what is there.
func (s *sweep) look(ctx workflow.Context) error {
	s.looks++
	var found orphans.FindOutput
	if err := execute(sweepContext(ctx, "look for operations and resources"), orphans.FindMarkedName, orphans.FindInput{Places: s.places}, &found, valid); err != nil {
		return s.ended(ctx, err)
	}
	s.places = found.Places
	s.report.Seen = s.report.Seen.Add(found.Seen)
	s.report.addProblems(found.Problems)
	items := s.unjudged(found.Items)
	owners, err := s.owners(ctx, items)
	if err != nil {
		return s.ended(ctx, err)
	}
	findings := s.judge(ctx, items, owners)
	s.act(ctx, findings)
	for _, f := range findings {
		s.report.add(f, s.in.maxFindings())
	}
	return s.ended(ctx, nil)
}

func valid() error { return nil }

// ended is the error that ends the sweep: that of an activity, or a cancel.
func (s *sweep) ended(ctx workflow.Context, err error) error {
	if ctx.Err() != nil {
		return temporal.NewCanceledError(s.report)
	}
	return err
}

// owners finds the owners of items that bear keys, and who awaits those that a wait has left.
func (s *sweep) owners(ctx workflow.Context, items []orphans.Item) (out orphans.OwnersOutput, err error) {
	var in orphans.OwnersInput
	for _, item := range items {
		if _, left := s.left[item.Ref]; item.Key == "" && !left {
			continue
		}
		mark := orphans.Mark{Key: item.Key, Since: item.Since}
		if !item.Ref.IsZero() {
			mark.Awaiter, mark.Operation, mark.Ref = WorkflowID(item.Ref), orphans.Keyword(item.Ref.String()), item.Ref
		}
		in.Marks = append(in.Marks, mark)
	}
	if len(in.Marks) == 0 {
		return out, nil
	}
	err = execute(sweepContext(ctx, "find their workflows"), orphans.FindOwnersName, in, &out, valid)
	if out.Cut {
		s.report.Incomplete = fmt.Sprintf("the namespace has more than %d workflows that may be owners, so some owners are unknown", out.Listed)
	}
	return out, err
}

// judge judges each item.
func (s *sweep) judge(ctx workflow.Context, items []orphans.Item, found orphans.OwnersOutput) []SweepFinding {
	owners := map[string]orphans.Owner{}
	for _, owner := range found.Owners {
		owners[owner.Key] = owner
	}
	now := workflow.Now(ctx)
	findings := make([]SweepFinding, len(items))
	for i, item := range items {
		owner, policy := owners[item.Key], s.in.Policy
		if item.Key == "" {
			owner = s.left[item.Ref].Owner()
		}
		awaiter := found.Awaiters[WorkflowID(item.Ref)]
		verdict := orphans.Judge(item, owner, awaiter, policy, now)
		if doubt := doubtOf(item, verdict.Class, found); doubt != "" {
			s.report.Incomplete, policy.Action = doubt, orphans.Report
			verdict = orphans.Judge(item, owner, awaiter, policy, now)
		}
		findings[i] = SweepFinding{
			Item: item, Class: verdict.Class, Why: verdict.Why, Action: verdict.Action,
			WorkflowID: owner.WorkflowID, RunID: owner.RunID, Status: owner.Status,
		}
	}
	return findings
}

// doubtOf says why a workflow that was not found may await an operation that is nobody's otherwise. "" if none may. An
// operation with a key is its own workflow's, and only a run in that workflow's name may await it unseen.
func doubtOf(item orphans.Item, class orphans.Class, found orphans.OwnersOutput) string {
	switch ownerless := class == orphans.Left || class == orphans.Orphan || class == orphans.Unknown; {
	case item.Ref.IsZero() || !ownerless:
		return ""
	case found.RunsUnknown:
		return "a running awaitop.RunOperation may await them, so operations are reported only: it is still starting, or no worker of its task queue told what it awaits"
	case found.AwaitersCut && class == orphans.Left:
		return "not all running waits could be looked through, so operations that a wait has left are reported only: give waits search attributes"
	default:
		return ""
	}
}

// sweepContext has the options of the activities that look.
func sweepContext(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           workflow.GetInfo(ctx).TaskQueueName,
		StartToCloseTimeout: sweepStartToClose,
		HeartbeatTimeout:    sweepHeartbeat,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 5 * time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute, MaximumAttempts: sweepAttempts,
		},
		Summary: summary,
	})
}
