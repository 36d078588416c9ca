package stepkey_test

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/internal/stepkey"
)

// The key is a contract: its digits never change.
func TestNew(t *testing.T) {
	t.Parallel()
	const want = "awaitop_0bafe2215695ceaee709049fc8b9ba6a"
	if got := stepkey.New("order-1", "0190-run", "CreateInstance projects/p/instances/i"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	key := stepkey.New("order-1", "run", "step")
	rows := map[string]struct {
		text       string
		is, undoes bool
	}{
		"a key":                      {key, true, false},
		"a later generation":         {key + "_2", true, false},
		"an undo":                    {key + "_undo", true, true},
		"the undo of a generation":   {key + "_2_undo3", true, true},
		"a generation of an undo":    {key + "_undo_2", true, true},
		"nothing":                    {"", false, false},
		"a digit less":               {key[:len(key)-1], false, false},
		"a digit more":               {key + "0", false, false},
		"an empty ending":            {key + "_", false, false},
		"upper case":                 {key + "_UNDO", false, false},
		"another's text before it":   {"x" + key, false, false},
		"a line break after it":      {key + "\n", false, false},
		"an operation of Spanner's":  {"_auto_op_0123456789abcdef", false, false},
		"the label's name, no value": {"awaitop_key", false, false},
	}
	for reason, row := range rows {
		got, is := stepkey.Parse(row.text)
		if is != row.is || got.Undoes != row.undoes {
			t.Errorf("%s, %q: %v, %t, want %t, undoes %t", reason, row.text, got, is, row.is, row.undoes)
		}
	}
}

func TestOwner(t *testing.T) {
	t.Parallel()
	key, _ := stepkey.Parse(stepkey.New("order-1", "run", "step") + "_2_undo")
	rows := map[string]struct {
		id, run   string
		may, isOf bool
	}{
		"its workflow":                {"order-1", "run", true, true},
		"a later workflow of its id":  {"order-1", "run-2", true, false},
		"another workflow's same run": {"order-2", "run", false, false},
		"a longer id":                 {"order-1\x00run", "", false, false},
	}
	for reason, row := range rows {
		if (key.Workflow == stepkey.Workflow(row.id)) != row.may || key.IsOf(row.id, row.run) != row.isOf {
			t.Errorf("%s: may %t, is %t, want %t, %t", reason, key.Workflow == stepkey.Workflow(row.id), key.IsOf(row.id, row.run), row.may, row.isOf)
		}
	}
	other, _ := stepkey.Parse(stepkey.New("order-1", "run", "another step"))
	if !other.IsOf("order-1", "run") || stepkey.New("order-1", "run", "another step") == stepkey.New("order-1", "run", "step") {
		t.Error("another step of the workflow: want the workflow's, with another key")
	}
}

func TestBegan(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		id   string
		want time.Time
	}{
		"version 7": {"019aa1f0-3c00-7000-8000-000000000000", time.UnixMilli(0x019aa1f03c00).UTC()},
		"version 4": {"9b2fdc3e-1f64-4a53-a5a0-0e8c4f3c2d11", time.Time{}},
		"no uuid":   {"default-test-run-id", time.Time{}},
		"none":      {"", time.Time{}},
	}
	for reason, row := range rows {
		if got := stepkey.Began(row.id); !got.Equal(row.want) {
			t.Errorf("%s: %v, want %v", reason, got, row.want)
		}
	}
}
