package testsuite

import (
	"fmt"
	"math"

	"golang.org/x/time/rate"

	"github.com/awaitop/awaitop/lro"
)

// overRate is the fault of a request beyond the rate.
var overRate = RateLimited(0)

// limiter returns the token bucket of the rate, nil where there is none.
func (o Options) limiter() *rate.Limiter {
	if o.RequestsPerSecond == 0 {
		return nil
	}
	burst := o.Burst
	if burst == 0 {
		burst = max(int(math.Ceil(o.RequestsPerSecond)), 1)
	}
	return rate.NewLimiter(rate.Limit(o.RequestsPerSecond), burst)
}

// maxRate keeps a second's requests countable.
const maxRate = 1e9

func (o Options) validateRate() error {
	// Written so that NaN is refused as well.
	if !(o.RequestsPerSecond >= 0 && o.RequestsPerSecond <= maxRate) {
		return &lro.InvalidError{Field: "options.requestsPerSecond", Value: fmt.Sprint(o.RequestsPerSecond), Want: "0 (no limit) to 1e9"}
	}
	if o.Burst < 0 {
		return &lro.InvalidError{Field: "options.burst", Value: fmt.Sprint(o.Burst), Want: "1 or more, or 0 for the default"}
	}
	return nil
}
