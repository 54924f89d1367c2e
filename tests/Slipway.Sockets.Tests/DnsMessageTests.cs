using System.Buffers.Binary;

namespace Slipway.Sockets.Tests;

/// <summary>DNS messages: questions, answers, pointers, and any bytes at all.</summary>
public class DnsMessageTests
{
    private const ushort Id = 0x1234;

    [Fact]
    public void A_zone_answers_and_the_answer_is_understood()
    {
        var zone = new DnsZone();
        zone.Add("Host.Lab", new InetAddress("10.0.0.1", 0));
        zone.Add("host.lab", new InetAddress("10.0.0.2", 0));
        zone.AddAlias("www.lab", "host.lab");

        DnsResponse response = Ask(zone, "WWW.lab.", DnsRecordType.A);
        response.Records.Select(static record => record.Type).ShouldBe([DnsRecordType.Cname, DnsRecordType.A, DnsRecordType.A]);
        response.Records[0].Target.ShouldBe("host.lab");
        response.Records[2].Address.ShouldBe(new InetAddress("10.0.0.2", 0));
        Ask(zone, "2.0.0.10.in-addr.arpa", DnsRecordType.Ptr).Records.ShouldHaveSingleItem().Target.ShouldBe("host.lab");

        Ask(zone, "host.lab", DnsRecordType.Aaaa).Header.ResponseCode.ShouldBe(DnsResponseCode.NoError); // no data
        Ask(zone, "lab", DnsRecordType.A).Header.ResponseCode.ShouldBe(DnsResponseCode.NoError); // it exists, for names end in it
        Ask(zone, "b", DnsRecordType.A).Header.ResponseCode.ShouldBe(DnsResponseCode.NameError);
    }

    [Fact]
    public void An_answer_that_does_not_fit_says_that_it_is_cut()
    {
        var zone = new DnsZone();
        for (uint i = 1; i <= 40; i++) zone.Add("many.lab", InetAddress.IPv4(0x0A000000 + i, 0));
        DnsResponse response = Ask(zone, "many.lab", DnsRecordType.A);
        response.Header.IsTruncated.ShouldBeTrue();
        response.Records.Count.ShouldBe(response.Header.Answers);
        response.Records.Count.ShouldBeInRange(15, 25);
    }

    [Fact]
    public void Aliases_in_a_ring_end()
    {
        var zone = new DnsZone();
        zone.AddAlias("a.lab", "b.lab");
        zone.AddAlias("b.lab", "a.lab");
        Ask(zone, "a.lab", DnsRecordType.A).Records.ShouldAllBe(static record => record.Type == DnsRecordType.Cname);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("no such")]
    [InlineData("ä.lab")]
    [InlineData("a.b..")]
    public void A_text_that_is_no_host_name_is_not_asked_for(string name) => DnsQuestion.Create(name, DnsRecordType.A, Id).ShouldBeNull();

    [Fact]
    public void Labels_have_at_most_63_bytes_and_names_255()
    {
        DnsQuestion.Create(new string('a', 63), DnsRecordType.A, Id).ShouldNotBeNull();
        DnsQuestion.Create(new string('a', 64), DnsRecordType.A, Id).ShouldBeNull();
        string longest = string.Join('.', Enumerable.Repeat(new string('a', 49), 5)) + ".bbb"; // 5 * 50 + 4, and the root
        DnsQuestion.Create(longest, DnsRecordType.A, Id).ShouldNotBeNull();
        DnsQuestion.Create(longest + "b", DnsRecordType.A, Id).ShouldBeNull();
    }

    [Fact]
    public void A_response_must_repeat_identifier_and_question()
    {
        var question = DnsQuestion.Create("host.lab", DnsRecordType.A, Id)!;
        byte[] good = Response(question);
        DnsResponse.TryRead(good, question).ShouldNotBeNull();
        for (int index = 0; index < good.Length; index++)
        {
            if (index is 3 or >= 6 and < DnsHeader.Length) continue; // the code and the counts may differ
            byte[] bad = [.. good];
            bad[index] ^= index == 2 ? (byte)0x80 : (byte)0x01;
            if (index >= DnsHeader.Length && char.IsAsciiLetter((char)good[index])) bad[index] = (byte)'z';
            DnsResponse.TryRead(bad, question).ShouldBeNull($"byte {index}");
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0x1A }, "a pointer to itself")]
    [InlineData(new byte[] { 0xC0, 0xFF }, "a pointer forward")]
    [InlineData(new byte[] { 1, (byte)'a', 0xC0, 0x1A }, "a pointer to its own beginning")]
    [InlineData(new byte[] { 0x80, 1 }, "a reserved kind of label")]
    [InlineData(new byte[] { 63, (byte)'a' }, "a label that is cut off")]
    public void Names_that_lead_nowhere_spoil_the_response(byte[] name, string because)
    {
        var question = DnsQuestion.Create("host.lab", DnsRecordType.A, Id)!;
        byte[] message = [.. Response(question), .. name, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4];
        question.Message.Length.ShouldBe(0x1A); // where the name begins
        message[7] = 1;
        DnsResponse.TryRead(message, question)!.IsMalformed.ShouldBeTrue(because);
    }

    [Fact]
    public void A_record_of_an_unfit_length_or_name_is_refused_and_a_foreign_one_passed_over()
    {
        var question = DnsQuestion.Create("host.lab", DnsRecordType.A, Id)!;
        Read([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 3, 1, 2, 3]).IsMalformed.ShouldBeTrue(); // an address of three bytes
        Read([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4]).IsMalformed.ShouldBeTrue(); // longer than the message
        Read([0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 0, 0, 3, 1, (byte)' ', 0]).Records.ShouldBeEmpty(); // an alias that no host can have
        Read([0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, 2, 1, (byte)'t']).IsMalformed.ShouldBeFalse(); // TXT

        DnsResponse Read(byte[] record)
        {
            byte[] message = [.. Response(question), .. record];
            message[7] = 1;
            return DnsResponse.TryRead(message, question)!;
        }
    }

    [Fact]
    public void No_bytes_make_reader_or_zone_throw()
    {
        var zone = new DnsZone();
        zone.Add("host.lab", new InetAddress("10.0.0.1", 0));
        var question = DnsQuestion.Create("host.lab", DnsRecordType.A, Id)!;
        byte[] template = new byte[512];
        template = template[..zone.Answer(question.Message, template)];
        var random = new Random(1);
        byte[] response = new byte[512];
        for (int round = 0; round < 50_000; round++)
        {
            byte[] message = round % 2 == 0 ? [.. template] : [.. question.Message];
            for (int change = random.Next(1, 6); change > 0; change--) message[random.Next(message.Length)] = (byte)random.Next(256);
            message = message[..random.Next(message.Length + 1)];
            DnsResponse.TryRead(message, question);
            zone.Answer(message, response).ShouldBeInRange(0, response.Length);
        }
    }

    private static DnsResponse Ask(DnsZone zone, string name, DnsRecordType type)
    {
        var question = DnsQuestion.Create(name, type, Id)!;
        byte[] room = new byte[512];
        return DnsResponse.TryRead(room.AsSpan(0, zone.Answer(question.Message, room)), question)!;
    }

    private static byte[] Response(DnsQuestion question)
    {
        byte[] message = [.. question.Message];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), 0x8180);
        return message;
    }
}
