package sets_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// A record shows the operations that people look for first, as many as it has room for.
func TestShow(t *testing.T) {
	t.Parallel()
	many := func(n int, rank sets.Rank) []sets.Rank {
		ranks := make([]sets.Rank, n)
		for i := range ranks {
			ranks[i] = rank
		}
		return ranks
	}
	short := func(i int) string { return fmt.Sprint(i) }
	long := func(n int) func(int) string {
		return func(i int) string { return fmt.Sprintf("%d%s", i, strings.Repeat("x", n)) }
	}
	rows := map[string]struct {
		reason string
		ranks  []sets.Rank
		name   func(i int) string
		want   []string // the beginnings of the names
	}{
		"none":      {"there is nothing to show", nil, short, nil},
		"order":     {"failed, unreadable, failing, running, and the rest", []sets.Rank{sets.RankEnded, sets.RankRunning, sets.RankFailing, sets.RankUnread, sets.RankFailed}, short, []string{"4", "3", "2", "1", "0"}},
		"alike":     {"by index", many(3, sets.RankRunning), short, []string{"0", "1", "2"}},
		"many":      {"20 at most", many(sets.MaxSize, sets.RankFailed), short, strings.Fields("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19")},
		"long":      {"as many as fit", many(9, sets.RankFailed), long(1000), []string{"0x", "1x", "2x"}},
		"too long":  {"none fits", many(2, sets.RankFailed), long(5000), nil},
		"one short": {"it fits where a long one does not", []sets.Rank{sets.RankFailed, sets.RankFailed}, func(i int) string { return strings.Repeat("x", 5000*(1-i)) + "y" }, []string{"y"}},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			beat := sets.NewPollHeartbeat(len(row.ranks))
			beat.In = "//s/projects/p"
			beat.Show(row.ranks, func(i int) sets.Member { return sets.Member{Name: row.name(i), State: lro.StateRunning} })
			var got []string
			for i, m := range beat.Members {
				if i >= len(row.want) || !strings.HasPrefix(m.Name, row.want[i]) {
					t.Errorf("%s: member %d is %.20q", row.reason, i, m.Name)
				}
				got = append(got, m.Name)
			}
			if size := lro.EncodedSize(beat); len(got) != len(row.want) || size > 4<<10 {
				t.Errorf("%s: %d members, want %d; %d bytes", row.reason, len(got), len(row.want), size)
			}
		})
	}
}

// An entry's name is read back as the operation's Ref, also if the record has no room for the
// beginning of the names, or if they have none in common.
func TestMemberNames(t *testing.T) {
	t.Parallel()
	ref := lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/databases/d/operations/o"}
	for in, name := range map[string]string{
		"//spanner.googleapis.com/projects/p/instances/i": "databases/d/operations/o",
		"": ref.String(),
	} {
		beat := sets.PollHeartbeat{In: in}
		m := sets.Member{Name: beat.NameOf(ref)}
		if diff := cmp.Diff([]any{name, ref}, []any{m.Name, beat.RefOf(m)}); diff != "" {
			t.Errorf("in %q (-want +got):\n%s", in, diff)
		}
	}
	if got := (&sets.PollHeartbeat{In: "no ref"}).RefOf(sets.Member{Name: "x"}); !got.IsZero() {
		t.Errorf("a name that is none is read as %s", got)
	}
}
