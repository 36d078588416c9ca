package activities

import (
	"cmp"

	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// showMembers shows some of the operations in the record, those that failed first.
func (s *setAttempt) showMembers(beat *sets.PollHeartbeat) {
	ranks := make([]sets.Rank, len(s.ops))
	for i := range s.ops {
		ranks[i] = s.ops[i].rank(s.in.Canceling)
	}
	beat.Show(ranks, func(index int) sets.Member {
		m := s.ops[index].member()
		m.Name, m.Step = beat.NameOf(s.refs[index]), s.in.Step(index)
		return m
	})
}

// rank is the operation's among those that the record shows. After a cancel, an operation that ended
// canceled has not failed.
func (op *operation) rank(canceling bool) sets.Rank {
	switch letter := op.letter(); {
	case letter == sets.Failed, letter == sets.Canceled && !canceling:
		return sets.RankFailed
	case letter == sets.Unread:
		return sets.RankUnread
	case letter == sets.Running && op.lastError != nil:
		return sets.RankFailing
	case letter == sets.Running:
		return sets.RankRunning
	default:
		return sets.RankEnded
	}
}

// member is what the record says of the operation, without its name.
func (op *operation) member() sets.Member {
	m := sets.Member{State: cmp.Or(op.state, lro.StateRunning), Unread: op.end == poller.Failed, Error: op.lastError}
	if op.failure != nil {
		m.Error = briefly(cmp.Or(op.failure.Status(), op.failure.PollError))
	}
	if m.State == lro.StateRunning {
		m.Progress = op.Observed.Progress
		m.Progress.FollowUp = ""
	}
	return m
}
