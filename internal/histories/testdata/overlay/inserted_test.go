package histories_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/workflows"
)

// TestInsertedTimers inserts a timer at one place after the other, and prints the places
// at which no history's replay fails.
func TestInsertedTimers(t *testing.T) {
	var places int
	if _, err := fmt.Sscan(os.Getenv("AWAITOP_PLACES"), &places); err != nil {
		t.Fatal(err)
	}
	recorded := files(t)
	reached := make(map[int][]string)
	for _, file := range recorded {
		workflows.ForgetPlaces()
		if err := replay(file); err != nil {
			t.Fatalf("%s, without an inserted timer: %v", file, err)
		}
		for place := range workflows.ForgetPlaces() {
			reached[place] = append(reached[place], file)
		}
	}
	for place := 1; place <= places; place++ {
		workflows.InsertTimerAt(place)
		if !noticed(reached[place]) {
			fmt.Printf("unnoticed %d %s\n", place, strings.Join(reached[place], " "))
		}
	}
}

// noticed reports whether the replay of one of the histories fails.
func noticed(histories []string) bool {
	for _, file := range histories {
		if replay(file) != nil {
			return true
		}
	}
	return false
}
