package sets

import (
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// MaxMembers is the most operations that a [PollHeartbeat] shows.
const MaxMembers = 20

const (
	// maxBeat bounds a record with the operations that it shows, in bytes of JSON.
	maxBeat = 4 << 10
	// maxTries bounds how many operations are tried, because long names may not fit.
	maxTries = 2 * MaxMembers
)

// Member is an operation that a [PollHeartbeat] shows.
type Member struct {
	// Name is the operation's after [PollHeartbeat].In, or the text of its Ref if that is "".
	Name string `json:"name"`
	// Step names the step that has started the operation, "" for none.
	Step string `json:"step,omitempty"`
	// State is the operation's, as it was last read.
	State lro.State `json:"state"`
	// Unread says that the operation cannot be read, and is not read any more.
	Unread bool `json:"unread,omitempty"`
	// Error is the operation's own, or why its last read failed, without details. nil for none.
	Error *lro.Status `json:"error,omitempty"`
	// Progress is that of its last metadata.
	Progress lro.Progress `json:"progress,omitzero"`
}

// Rank is the place of a kind of operations among those that a record shows.
type Rank int8

// The ranks: the operations that people look for come first.
const (
	RankFailed Rank = iota
	RankUnread
	RankFailing // its last read failed
	RankRunning
	RankEnded // succeeded, or canceled after a cancel
	ranks
)

// Show adds operations to the record, as many as it has room for, the lowest rank first. ranks holds
// the rank of each operation, by index, and member makes the entry of one.
func (h *PollHeartbeat) Show(of []Rank, member func(index int) Member) {
	room := maxBeat - lro.EncodedSize(h) - len(`,"members":[]`)
	for _, i := range first(of, maxTries) {
		m := member(i)
		size := lro.EncodedSize(m) + len(`,`)
		if size > room || len(h.Members) == MaxMembers {
			continue
		}
		room -= size
		h.Members = append(h.Members, m)
	}
}

// first returns the indexes of the n lowest ranks, in the order of the ranks.
func first(of []Rank, n int) (indexes []int) {
	for rank := range ranks {
		for i := range of {
			if len(indexes) == n {
				return indexes
			}
			if of[i] == rank {
				indexes = append(indexes, i)
			}
		}
	}
	return indexes
}

// NameOf is the Name of an operation's entry in the record.
func (h *PollHeartbeat) NameOf(ref lro.Ref) string {
	text := ref.String()
	if rest, ok := strings.CutPrefix(text, h.In+"/"); ok && h.In != "" {
		return rest
	}
	return text
}

// RefOf is the Ref of an entry of the record, zero if its Name is none.
func (h *PollHeartbeat) RefOf(m Member) lro.Ref {
	text := m.Name
	if h.In != "" {
		text = h.In + "/" + m.Name
	}
	ref, err := lro.ParseRef(text)
	if err != nil {
		return lro.Ref{}
	}
	return ref
}
