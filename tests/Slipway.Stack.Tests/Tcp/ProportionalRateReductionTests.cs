using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>
/// RFC 9937 on its own worked scenario: 20 segments in flight, a reduction to half, limited transmit (RFC 3042) on the first two duplicate ACKs. Each letter
/// of a row is what one ACK lets out: R the first retransmission, then digits; a point for nothing.
/// </summary>
public sealed class ProportionalRateReductionTests
{
    private const uint Threshold = 10;

    [Fact]
    public void A_single_loss_is_answered_by_a_segment_for_every_second_ack_until_half_the_flight_is_left()
    {
        var flow = new Recovery(inFlight: 22 - 1 - 2); // 20 sent and two by limited transmit, one lost, two selectively acknowledged
        string row = flow.DuplicateAcks(17); // the ACKs of segments 3 to 19

        row.ShouldBe("1.1.1.1.1.1.1.1..");
        flow.InFlight.ShouldBe(Threshold);
        flow.Prr.Sent.ShouldBe(8u);
        // At the target, what leaves the network may enter it: the ACKs of the two segments of limited transmit.
        flow.DuplicateAcks(2).ShouldBe("11");
        flow.InFlight.ShouldBe(Threshold);
    }

    [Fact]
    public void After_a_burst_of_losses_each_ack_lets_out_as_much_as_it_delivered_until_there_is_progress()
    {
        var flow = new Recovery(inFlight: 22 - 15 - 2); // segments 0 to 14 lost
        // Packet conservation (CRB): no ACK shows progress, so nothing more than was delivered.
        flow.DuplicateAcks(5).ShouldBe("11111");
        flow.InFlight.ShouldBe(5u);
        // The retransmissions arrive, and each cumulative ACK is progress without new loss: slow start (SSRB), one more each.
        flow.Acks(5, advanced: true, lost: 0).ShouldBe("22222");
        flow.InFlight.ShouldBe(10u);
        // At the threshold it ends.
        flow.Acks(3, advanced: true, lost: 0).ShouldBe("111");
        flow.InFlight.ShouldBe(Threshold);
    }

    [Fact]
    public void An_ack_that_brings_new_loss_falls_back_to_conservation()
    {
        var flow = new Recovery(inFlight: 5);
        flow.DuplicateAcks(2).ShouldBe("11");

        flow.Acks(1, advanced: true, lost: 1).ShouldBe("1");
        flow.Acks(1, advanced: true, lost: 0).ShouldBe("2");
    }

    [Fact]
    public void What_the_application_did_not_send_may_be_sent_later_at_once()
    {
        // "Banked" opportunities: six ACKs without anything to send, then data.
        var flow = new Recovery(inFlight: 5);
        flow.DuplicateAcks(1).ShouldBe("1");
        flow.Stalled(3);
        flow.InFlight.ShouldBe(2u);

        flow.DuplicateAcks(1).ShouldBe("4"); // delivered 5, sent 1
        flow.InFlight.ShouldBe(5u);
    }

    [Fact]
    public void The_first_ack_always_lets_the_fast_retransmit_out()
    {
        // The threshold is as high as what is in flight (a second reduction in a row): no share would be left.
        var prr = default(ProportionalRateReduction);
        prr.Enter(window: 20);

        prr.OnAck(threshold: 10, inFlight: 10, delivered: 1, newlyLost: 1, advanced: false, current: 20).ShouldBe(11u);
        prr.OnSent(1);
        prr.OnAck(threshold: 10, inFlight: 11, delivered: 1, newlyLost: 0, advanced: false, current: 11).ShouldBe(11u);
    }

    [Fact]
    public void An_ack_that_delivers_nothing_changes_nothing()
    {
        var prr = default(ProportionalRateReduction);
        prr.Enter(window: 20);

        prr.OnAck(threshold: 10, inFlight: 18, delivered: 0, newlyLost: 0, advanced: false, current: 17).ShouldBe(17u);
        prr.Delivered.ShouldBe(0u);
    }

    [Theory]
    [InlineData(20, 14)] // CUBIC
    [InlineData(100, 70)]
    [InlineData(7, 3)]
    public void Without_further_loss_the_flight_ends_at_the_threshold(uint window, uint threshold)
    {
        // Every segment of the window is delivered once, as in the CWR state after an ECN echo (RFC 9937 section 4).
        var prr = default(ProportionalRateReduction);
        prr.Enter(window);
        uint inFlight = window;
        for (uint i = 0; i < window; i++)
        {
            inFlight--;
            uint cwnd = prr.OnAck(threshold, inFlight, 1, 0, advanced: true, current: inFlight);
            prr.OnSent(cwnd - inFlight);
            inFlight = cwnd;
            inFlight.ShouldBeGreaterThanOrEqualTo(threshold);
        }
        inFlight.ShouldBe(threshold);
    }

    private sealed class Recovery
    {
        public ProportionalRateReduction Prr;

        public Recovery(uint inFlight)
        {
            InFlight = inFlight;
            Prr.Enter(20);
        }

        public uint InFlight { get; private set; }

        public string DuplicateAcks(int count) => Acks(count, advanced: false, lost: 0);

        public string Acks(int count, bool advanced, uint lost)
        {
            string row = string.Empty;
            for (int i = 0; i < count; i++)
            {
                uint sent = Ack(advanced, lost) - InFlight;
                Prr.OnSent(sent);
                InFlight += sent;
                row += sent == 0 ? "." : sent;
            }
            return row;
        }

        public void Stalled(int acks)
        {
            for (int i = 0; i < acks; i++) Ack(advanced: false, lost: 0);
        }

        private uint Ack(bool advanced, uint lost)
        {
            InFlight -= 1;
            return Prr.OnAck(Threshold, InFlight, 1, lost, advanced, InFlight);
        }
    }
}
